//! What a LaTeX title read as when the first title keys were made, so that those keys still find their papers. Commands that have got a meaning
//! since were like unknown ones then: with an argument the argument alone stood, without one the name did. Data of the past: a command that
//! gets a meaning from now on does not belong here, and nothing is rendered with it but keys.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::source::TexSource;
use super::tables;

/// The commands that have got a meaning since, or another one.
const LATER: &str = "ABREVE ACIRCUMFLEX Abs Acute Bar Bqty Bra Braket Breve Ceil Check Cov Ddot Dot ECIRCUMFLEX Earth Floor Grave Hat \
    Jupiter Ket Langle Mars Mercury Moon Neptune Norm OCIRCUMFLEX OHORN Ohorn Paren Pluto Rangle Res SI SIlist SIrange \
    Saturn Set Slash Sun Tilde UHORN Uhorn Uranus Var Vec Venus abreve abs absolutevalue acircumflex acomm added \
    addtolength ang anticomm anticommutator arccosh arccot arcdeg arcmin arcsec arcsinh arctanh astrosun bcancel \
    bibliography bqty bra bracket brackets braket ce ceil cf ch comm commutator csch curl dd degr degreeCelsius derivative \
    diameter differential dotp dv dyad earth ecircumflex else eps ev expectationvalue expval farcd farcm farcs fd fdg fdv \
    fh fi floor flq fm fontfamily fontseries fontshape fontsize fp framebox frq fs fslash functionalderivative ga glossary \
    glq grad grq gsim guilsinglleft guilsinglright h highlight hl horn hphantom hskip hyperlink hyperref ifmmode index inj \
    inner innerp innerproduct ion ip iprod isotope jupiter kern ket ketbra lAngle la laplacian lbrbrak leftmoon linebreak \
    llangle lower lowercase lsim lstinline makebox mars matrixel matrixelement mel mercury micron mintinline mkern mleft \
    moveleft moveright mright mskip mspace neptune newtie nocite nolinebreak nopagebreak norm nuclide num numlist numrange \
    ocircumflex od odv ohorn order outerproduct pagebreak paren parens partialderivative pb pbox pd pderivative pdv \
    phantom pluto poissonbracket pqty qty qtylist qtyrange rAngle raise rbrbrak rightmoon rk rrangle saturn sech \
    selectfont set setlength shortstack si simgt simlt slashed solar sout sun texorpdfstring textDelta textGamma \
    textLambda textOmega textPhi textPi textPsi textSigma textTheta textXi textacutedbl textalpha textasciiacute \
    textasciibreve textasciicaron textasciidieresis textasciimacron textasteriskcentered textbaht textbardbl textbeta \
    textbigcircle textborn textbrokenbar textcelsius textcentoldstyle textchi textcircled textcircledP textcolonmonetary \
    textcommaabove textcommabelow textcompwordmark textcopyleft textcurrency textcyrillic textdaggerdbl textdblhyphen \
    textdegreecelsius textdelta textdied textdiscount textdiv textdivorced textdollaroldstyle textdong textdotbelow \
    textdoublegrave textdownarrow texteightoldstyle textepsilon textesh textestimated texteta textfiveoldstyle textflorin \
    textfouroldstyle textfractionsolidus textgamma textgravedbl textgreek textguarani textinterrobang textinterrobangdown \
    textiota textipa textkappa textlambda textlangle textlatin textlbrackdbl textleaf textleftarrow textleftrightarrow \
    textlf textlira textlnot textlquill textmarried textmho textmicro textminus textmusicalnote textnaira textnineoldstyle \
    textnobreakspace textnu textogonekcentered textohm textomega textoneoldstyle textonesuperior textopenbullet \
    textpertenthousand textperthousand textpeso textphi textpi textpilcrow textprime textpsi textquotestraightbase \
    textquotestraightdblbase textrangle textrbrackdbl textrecipe textreferencemark textrho textrightarrow textroundcap \
    textrquill textschwa textservicemark textsevenoldstyle textsigma textsixoldstyle textsubring textsurd textsw texttau \
    texttheta textthreeoldstyle textthreequartersemdash textthreesuperior texttildelow texttwelveudash texttwooldstyle \
    texttwosuperior textuparrow textupsilon textvertline textwon textxi textzerooldstyle textzeta uhorn unit unitfrac \
    uppercase uranus uuline uwave varinjlim varliminf varlimsup varprojlim vb vbox vectorbold venus verb vev vphantom vqty \
    vskip xcancel xout";

static LATER_NAMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| LATER.split_whitespace().collect());

/// A text without the commands whose reading has changed: what stands in their place reads as they did. None when it has no such command.
pub fn earlier(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return None;
    }
    let source = TexSource::new(text);
    let mut earlier = String::with_capacity(text.len());
    let mut at = 0;
    let mut changed = false;
    while let Some(c) = source.char_at(at, text.len()) {
        if c != '\\' {
            earlier.push(c);
            at += c.len_utf8();
            continue;
        }
        let (name, behind) = source.control(at, text.len());
        let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic());
        if is_word && (LATER_NAMES.contains(name) || tables::command(name).is_none()) {
            changed = true;
            match source.char_at(behind, text.len()) {
                Some('{') if source.group(behind, text.len()).is_none_or(|(from, to)| from < to) => {}
                _ if name == "nocite" => {}
                _ => {
                    // Braces keep the name apart from what stands beside it.
                    earlier.push('{');
                    earlier.push_str(name);
                    earlier.push('}');
                }
            }
        } else {
            earlier.push_str(source.slice(at, behind));
        }
        at = behind;
    }
    changed.then_some(earlier)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::markup::Markup;
    use crate::domain::tex::render;

    #[test]
    fn commands_read_as_they_did() {
        for (text, expected) in [
            ("$\\dv{x}{t}$ and $\\norm{x}$", "xt and x"),
            ("\\SI{300}{\\kelvin} in \\textrightarrow{}", "300kelvin in textrightarrow"),
            ("\\ce{H2O}, \\proj{X}, 3\\farcs2, \\unit[5]{GeV}", "H2O, X, 3farcs2, unit[5]GeV"),
            ("\\verb|x_1|", "verb|x_1|"),
        ] {
            assert_eq!(earlier(text).map(|text| render(&text, Markup::Tex)).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(earlier("$\\alpha$-stable {\\bf x} \\'e"), None);
        assert_eq!(earlier("plain"), None);
    }
}
