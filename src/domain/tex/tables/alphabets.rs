//! The alphabets, superscripts and subscripts of mathematics in Unicode.

use super::Alphabet;

/// The letters of the bold Greek alphabet in the order of the block Mathematical Alphanumeric Symbols, from U+1D6A8 on.
const BOLD_GREEK: &str = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡϴΣΤΥΦΧΨΩ∇αβγδεζηθικλμνξοπρςστυφχψω∂ϵϑϰϕϱϖ";

/// A letter or digit in an alphabet of mathematics; None when the alphabet does not have it.
pub(in super::super) fn letter(alphabet: Alphabet, c: char) -> Option<char> {
    let exceptions = match alphabet {
        Alphabet::Script => "BℬEℰFℱHℋIℐLℒMℳRℛeℯgℊoℴ",
        Alphabet::Fraktur => "CℭHℌIℑRℜZℨ",
        Alphabet::Double => "CℂHℍNℕPℙQℚRℝZℤ",
        Alphabet::Bold => "",
        Alphabet::Upright => return None,
    };
    let mut pairs = exceptions.chars();
    while let (Some(plain), Some(styled)) = (pairs.next(), pairs.next()) {
        if plain == c {
            return Some(styled);
        }
    }
    // First code points of capital letters, small letters and digits in the block Mathematical Alphanumeric Symbols.
    let (capitals, smalls, digits) = match alphabet {
        Alphabet::Bold => (0x1D400, 0x1D41A, Some(0x1D7CE)),
        Alphabet::Script => (0x1D49C, 0x1D4B6, None),
        Alphabet::Fraktur => (0x1D504, 0x1D51E, None),
        Alphabet::Double => (0x1D538, 0x1D552, Some(0x1D7D8)),
        Alphabet::Upright => return None,
    };
    let (first, from) = match c {
        'A'..='Z' => (capitals, 'A'),
        'a'..='z' => (smalls, 'a'),
        '0'..='9' => (digits?, '0'),
        _ if alphabet == Alphabet::Bold => {
            let index = BOLD_GREEK.chars().position(|greek| greek == c)?;
            return char::from_u32(0x1D6A8 + u32::try_from(index).ok()?);
        }
        _ => return None,
    };
    char::from_u32(first + (u32::from(c) - u32::from(from)))
}

const SUPERSCRIPTS: &str = "0⁰1¹2²3³4⁴5⁵6⁶7⁷8⁸9⁹+⁺-⁻−⁻=⁼(⁽)⁾aᵃbᵇcᶜdᵈeᵉfᶠgᵍhʰiⁱjʲkᵏlˡmᵐnⁿoᵒpᵖrʳsˢtᵗuᵘvᵛwʷxˣyʸzᶻAᴬBᴮDᴰEᴱGᴳHᴴIᴵJᴶ\
                            KᴷLᴸMᴹNᴺOᴼPᴾRᴿTᵀUᵁVⱽWᵂβᵝγᵞδᵟθᶿϕᵠφᵠχᵡ⊤ᵀ⊺ᵀ**∗*⋆⋆††‡‡′′″″‴‴⁗⁗°°∘°";
const SUBSCRIPTS: &str = "0₀1₁2₂3₃4₄5₅6₆7₇8₈9₉+₊-₋−₋=₌(₍)₎aₐeₑhₕiᵢjⱼkₖlₗmₘnₙoₒpₚrᵣsₛtₜuᵤvᵥxₓβᵦγᵧρᵨϕᵩφᵩχᵪ";

/// The raised or lowered form of a character.
pub(in super::super) fn script(c: char, raised: bool) -> Option<char> {
    let mut pairs = if raised { SUPERSCRIPTS } else { SUBSCRIPTS }.chars();
    while let (Some(plain), Some(small)) = (pairs.next(), pairs.next()) {
        if plain == c {
            return Some(small);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alphabets_have_their_letterlike_exceptions() {
        let styled = |alphabet, text: &str| text.chars().filter_map(|c| letter(alphabet, c)).collect::<String>();
        assert_eq!(styled(Alphabet::Script, "BEFHILMRegoOa"), "ℬℰℱℋℐℒℳℛℯℊℴ𝒪𝒶");
        assert_eq!(styled(Alphabet::Double, "CHNPQRZA1"), "ℂℍℕℙℚℝℤ𝔸𝟙");
        assert_eq!(styled(Alphabet::Fraktur, "CHIRZg"), "ℭℌℑℜℨ𝔤");
        assert_eq!(styled(Alphabet::Bold, "Ax0θΣΩ∇αω∂ϖ"), "𝐀𝐱𝟎𝛉𝚺𝛀𝛁𝛂𝛚𝛛𝛡");
        assert_eq!(styled(Alphabet::Script, "θ"), "");
    }
}
