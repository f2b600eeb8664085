//! LaTeX without the commands of a kind: without unknown ones for what cannot show them, and as it read when the first title keys were made, so that those keys still find their papers. Commands that have got a meaning
//! since were like unknown ones then: with an argument the argument alone stood, without one the name did. Data of the past: a command that
//! gets a meaning from now on does not belong here.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use super::cut_names::{self, CutNames};
use super::source::TexSource;
use super::tables;

/// The commands that have got a meaning since, or another one.
const LATER: &str = "ABREVE ACIRCUMFLEX Abs Acute Aut Bar Bqty Bra Braket Breve Bumpeq Ceil Check CheckedBox Coloneqq Cov Ddot Dot Doteq \
    ECIRCUMFLEX Earth Ext Finv Floor Gal Game Grave Hat Hom Jupiter Ket Langle Lsh Mapsto Mars Mercury Moon Neptune Norm \
    OCIRCUMFLEX OHORN Ohorn Paren Pluto Rangle Res Rsh SI SIlist SIrange Saturn Set Slash Spec Sun Tilde Tor Trace UHORN \
    Uhorn Updelta Upgamma Uplambda Upomega Upphi Uppi Uppsi Upsigma Uptheta Upxi Uranus Var Vec Venus Vvdash XBox abreve \
    abs absolutevalue acircumflex acomm added addtolength ang anticomm anticommutator arccosh arccot arcdeg arcmin arcosh \
    arcsec arcsinh arctanh arsinh artanh astrosun backepsilon backsimeq bcancel bibliography bigsqcap blacksmiley \
    blacktriangleleft blacktriangleright boxbar bqty bra bracket brackets braket bumpeq ce ceil centernot cf ch circeq \
    circledS circleddash clap codim coker comm commutator csch curl curlyeqprec curlyeqsucc dashint \
    dblcolon dd ddddot degr degreeCelsius derivative diagdown diagup diameter differential divideontimes doteqdot dotp \
    doublebarwedge doublecap doublecup downdownarrows downharpoonleft downharpoonright dv dyad earth \
    ecircumflex else enskip eps eqcirc eqsim eqslantgtr eqslantless ev expectationvalue expval fallingdotseq farcd farcm \
    farcs fd fdg fdv female fh fi fint floor flq fm fontfamily fontseries fontshape fontsize fp framebox frownie frq fs \
    fslash functionalderivative ga gggtr glossary glq gnapprox gneq gneqq gnsim goodbreak grad grq gsim gt gtrdot \
    gtreqless gtreqqless guilsinglleft guilsinglright gvertneqq h hfil highlight hl horn hphantom hskip hyperlink hyperref \
    ifmmode iiiint index inj inner innerp innerproduct interleave ion ip iprod isotope joinrel jupiter kern ket ketbra \
    lAngle la lambdabar lambdaslash laplacian lbrbrak ldotp leftarrowtail leftmoon leftrightsquigarrow leftthreetimes \
    lessdot lesseqgtr lesseqqgtr lightning linebreak llangle llap llless lmoustache lnapprox lneq lneqq lnsim longmapsfrom \
    looparrowleft looparrowright lower lowercase lsim lstinline lt lvertneqq makebox male mapsfrom mars mathclap mathclose \
    mathllap mathopen mathpunct mathrlap matrixel matrixelement mel mercury micron mintinline mkern mleft moveleft \
    moveright mright mskip mspace nLeftrightarrow nVDash nVdash neptune newtie ngeqq ngeqslant nleqq nleqslant nobreak \
    nocite nolinebreak nopagebreak norm npreceq nshortmid nshortparallel nsubseteqq nsucceq nsupseteqq ntriangleleft \
    ntrianglelefteq ntriangleright ntrianglerighteq nuclide num numlist numrange ocircumflex od odv ohorn oiiint \
    oldstylenums order outerproduct overarc overparen pagebreak paren parens partialderivative pb pbox pd pderivative pdv \
    phantom pluto poissonbracket pqty precapprox precnapprox precneq precneqq precnsim qty qtylist qtyrange rAngle raise \
    rbrbrak rightmoon rightthreetimes risingdotseq rk rlap rmoustache rrangle saturn sech selectfont set setlength \
    shortmid shortparallel shortrightarrow shortstack si sideset simgt simlt sinc slashed smallfrown smallint smallsmile smiley \
    solar sout sslash subseteqq subsetneqq succapprox succnapprox succneq succneqq succnsim sun supseteqq supsetneqq tag \
    texorpdfstring textDelta textGamma textLambda textOmega textPhi textPi textPsi textSigma textTheta textXi textacutedbl \
    textalpha textasciiacute textasciibreve textasciicaron textasciidieresis textasciimacron textasteriskcentered textbaht \
    textbardbl textbeta textbigcircle textborn textbrokenbar textcelsius textcentoldstyle textchi textcircled textcircledP \
    textcolonmonetary textcommaabove textcommabelow textcompwordmark textcopyleft textcurrency textcyrillic textdaggerdbl \
    textdblhyphen textdegreecelsius textdelta textdied textdiscount textdiv textdivorced textdollaroldstyle textdong \
    textdotbelow textdoublegrave textdownarrow texteightoldstyle textepsilon textesh textestimated texteta \
    textfiveoldstyle textflorin textfouroldstyle textfractionsolidus textgamma textgravedbl textgreek textguarani \
    textinterrobang textinterrobangdown textiota textipa textkappa textlambda textlangle textlatin textlbrackdbl textleaf \
    textleftarrow textleftrightarrow textlf textlira textlnot textlquill textmarried textmho textmicro textminus \
    textmugreek textmusicalnote textnaira textnineoldstyle textnobreakspace textnu textogonekcentered textohm textomega \
    textoneoldstyle textonesuperior textopenbullet textpertenthousand textperthousand textpeso textphi textpi textpilcrow \
    textprime textpsi textquotestraightbase textquotestraightdblbase textrangle textrbrackdbl textrecipe textreferencemark \
    textrho textrightarrow textroundcap textrquill textschwa textservicemark textsevenoldstyle textsigma textsixoldstyle \
    textsubring textsurd textsw texttau texttheta textthreeoldstyle textthreequartersemdash textthreesuperior texttildelow \
    texttwelveudash texttwooldstyle texttwosuperior textuparrow textupsilon textvertline textwon textxi textzerooldstyle \
    textzeta trace uhorn unit unitfrac units upalpha upbeta upchi updelta upepsilon upeta upgamma upharpoonleft upiota \
    upkappa uplambda upmu upnu upomega uppercase upphi uppi uppsi uprho upsigma uptau uptheta upuparrows upupsilon upxi \
    upzeta uranus uuline uwave varinjlim varliminf varlimsup varotimes varprojlim varsubsetneq varsubsetneqq varsupsetneq \
    varsupsetneqq vb vbox vcentcolon vectorbold venus verb vev vfil vphantom vqty vskip vtop widebar wideparen \
    xLeftarrow xLeftrightarrow xcancel xhookleftarrow xhookrightarrow xlongleftarrow xmapsto xout xrightleftharpoons";

static LATER_NAMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| LATER.split_whitespace().collect());

/// A text without the commands whose reading has changed: what stands in their place reads as they did. None when it has no such command.
pub fn earlier(text: &str) -> Option<String> {
    let left = cut_names::with(text, CutNames::Left);
    let without = without(&left, |name| LATER_NAMES.contains(name) || tables::command(name).is_none());
    without.or(if let Cow::Owned(left) = left { Some(left) } else { None })
}

/// A text in which no command is unknown: with an argument the argument alone stands, without one the name does.
pub fn without_unknown(text: &str) -> Cow<'_, str> {
    let is_unknown = |name: &str| tables::command(name).is_none() && tables::unit_word(name).is_none();
    without(text, is_unknown).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// None when the text has none of these commands.
fn without(text: &str, is_gone: impl Fn(&str) -> bool) -> Option<String> {
    if !text.contains('\\') {
        return None;
    }
    let source = TexSource::new(text);
    let mut remaining = String::with_capacity(text.len());
    let mut at = 0;
    let mut changed = false;
    while let Some(c) = source.char_at(at, text.len()) {
        if c != '\\' {
            remaining.push(c);
            at += c.len_utf8();
            continue;
        }
        let (name, behind) = source.control(at, text.len());
        if name.starts_with(|c: char| c.is_ascii_alphabetic()) && is_gone(name) {
            changed = true;
            match source.char_at(behind, text.len()) {
                Some('{') if source.group(behind, text.len()).is_none_or(|(from, to)| from < to) => {}
                _ if name == "nocite" => {}
                _ => {
                    // Braces keep the name apart from what stands beside it.
                    remaining.push('{');
                    remaining.push_str(name);
                    remaining.push('}');
                }
            }
        } else {
            remaining.push_str(source.slice(at, behind));
        }
        at = behind;
    }
    changed.then_some(remaining)
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
        assert_eq!(without_unknown("\\foo{a} \\norm{x} \\bar"), "{a} \\norm{x} \\bar");
    }
}
