//! Names of months in the languages into which a browser translates a page. Data, and its search.

/// January to December: French, German, Spanish, Italian, Portuguese, Dutch, Polish, Russian, Turkish, Swedish, Indonesian.
const MONTHS: [&str; 11] = [
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januari februari maret april mei juni juli agustus september oktober november desember",
];

/// The month, 1 to 12, of a name or an abbreviation of at least three letters that fits no other month of its language.
pub(crate) fn month(word: &str) -> Option<u8> {
    let word = word.trim_end_matches('.').to_lowercase();
    if word.chars().count() < 3 {
        return None;
    }
    MONTHS.iter().find_map(|names| {
        let mut fitting = (1..).zip(names.split(' ')).filter(|(_, name)| name.starts_with(&word));
        let (month, name) = fitting.next()?;
        (name == word || fitting.next().is_none()).then_some(month)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_or_a_clear_abbreviation_is_a_month() {
        for (word, expected) in [
            ("mars", Some(3)),
            ("avr.", Some(4)),
            ("Juil.", Some(7)),
            ("jui", None),
            ("août", Some(8)),
            ("März", Some(3)),
            ("окт.", Some(10)),
            ("ekim", Some(10)),
            ("marching", None),
            ("ma", None),
            ("kites", None),
        ] {
            assert_eq!(month(word), expected, "{word}");
        }
        assert!(MONTHS.iter().all(|names| names.split(' ').count() == 12));
    }
}
