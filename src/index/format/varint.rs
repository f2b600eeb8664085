//! Variable-length numbers (LEB128): seven bits for each byte, lowest first, the high bit set when more bytes follow. Postings, positions
//! and runs are written with it. Written here because a library's decoder returns errors, while these loops decode hundreds of millions of
//! numbers and accept any bytes.

/// Appends a number.
pub(crate) fn put(mut number: u32, bytes: &mut Vec<u8>) {
    while number >= 128 {
        bytes.push(number as u8 | 128);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Removes a number from the front; None at the end. Invalid bytes give a wrong number, never an error.
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
