//! A file that is replaced or overwritten while it is open: it can be made again, so what is there is opened.

use super::*;

#[test]
fn what_takes_the_place_of_the_open_file_is_opened() {
    for in_place in [false, true] {
        let (dir, elsewhere) = (room(), room());
        let (kept, foreign) =
            (titled_by("Quiet Kites of Winter", "Ann Lee"), titled_by("Loud Kites of Summer", "Bo Li"));
        add(&mut open(&elsewhere), &foreign);
        let mut store = open(&dir);
        let mut other = open(&dir);
        add(&mut store, &kept);
        let path = dir.path().join("papers.db");
        let revision = store.revision().unwrap();
        assert!(store.follow_file().unwrap().is_none());
        if in_place {
            fs::copy(elsewhere.path().join("papers.db"), &path).unwrap();
        } else {
            fs::rename(elsewhere.path().join("papers.db"), &path).unwrap();
        }
        let refused = store.import().unwrap().commit();
        assert!(refused.unwrap_err().message.contains("while it was open"));
        let told = store.follow_file().unwrap().unwrap();
        let what = if in_place { "was overwritten by another program" } else { "was replaced by another file" };
        assert!(told.message.contains(what), "{told}");
        assert!(store.revision().unwrap() != revision && store.follow_file().unwrap().is_none());
        assert!(other.follow_file().unwrap().is_some());
        for store in [&mut store, &mut other] {
            assert!(store.get(&foreign.key()).unwrap().is_some() && store.get(&kept.key()).unwrap().is_none());
        }
        add(&mut store, &kept);
        assert_eq!(other.count().unwrap(), 2);
        assert_sound(&store);
        drop((store, other));
        assert_sound(&open(&dir));
    }
}
