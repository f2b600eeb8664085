//! Numbers in as few bytes as they need: seven bits a byte, the lowest first, the high bit set where more follow. Used by postings and by
//! the full text; knows what neither of them means.

pub(crate) fn put(mut number: u32, bytes: &mut Vec<u8>) {
    while number >= 128 {
        bytes.push(number as u8 | 128);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes a number off the front; None at the end. Bytes that make no sense make a number all the same.
#[inline]
pub(crate) fn take(bytes: &mut &[u8]) -> Option<u32> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    let mut number = u32::from(*first);
    if number < 128 {
        return Some(number);
    }
    number &= 127;
    let mut shift = 7;
    while let Some((more, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u32::from(more & 127).wrapping_shl(shift);
        shift += 7;
        if more & 128 == 0 {
            break;
        }
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_come_back(numbers in prop::collection::vec(0u32.., 0..20), damage in prop::collection::vec(0u8.., 0..20)) {
            let mut bytes = Vec::new();
            numbers.iter().for_each(|number| put(*number, &mut bytes));
            let mut rest = bytes.as_slice();
            let back: Vec<u32> = std::iter::from_fn(|| take(&mut rest)).collect();
            prop_assert_eq!(back, numbers);
            let mut rest = damage.as_slice();
            prop_assert!(std::iter::from_fn(|| take(&mut rest)).count() <= damage.len());
        }
    }
}
