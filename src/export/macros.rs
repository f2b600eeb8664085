//! The LaTeX commands that are written to a bibliography: plain formatting, and mathematics as the LaTeX kernel, `amsmath` and `amssymb`
//! define it. Every other command is written as what it prints, because it could not be typeset, or could read or write files, define or
//! run something.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A command that may stand in a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MathMacro {
    /// The name it is written by: of the same command in a package that everybody loads.
    pub(super) written: &'static str,
    /// How many arguments have to follow.
    pub(super) arguments: usize,
}

/// What `\name` is in a formula; None when it cannot stay a command.
pub(super) fn math_macro(name: &str) -> Option<MathMacro> {
    static MACROS: LazyLock<HashMap<&str, MathMacro>> = LazyLock::new(|| {
        let names = MATHEMATICS.iter().flat_map(|row| row.split(' '));
        let mut macros: HashMap<_, _> = names.map(|name| (name, MathMacro { written: name, arguments: 0 })).collect();
        for (arguments, names) in WITH_ARGUMENTS {
            macros.extend(names.split(' ').map(|name| (name, MathMacro { written: name, arguments: *arguments })));
        }
        for (name, written) in RENAMED {
            macros.insert(name, MathMacro { written, arguments: 1 });
        }
        macros
    });
    MACROS.get(name).copied()
}

/// Whether `\name{text}` formats its argument.
pub(super) fn is_style(name: &str) -> bool {
    STYLES.split(' ').any(|style| style == name)
}

/// Whether `{\name text}` formats the rest of its group.
pub(super) fn is_switch(name: &str) -> bool {
    SWITCHES.split(' ').any(|switch| switch == name)
}

/// Whether `\name` formats the rest of its group in a formula.
pub(super) fn is_math_switch(name: &str) -> bool {
    ["cal", "rm", "bf", "it", "sf", "tt"].contains(&name)
}

/// Whether anything here or in `spelling` writes `\name`.
#[cfg(test)]
pub(super) fn is_listed(name: &str) -> bool {
    let symbols = "textasciitilde textasciicircum textbackslash textbraceleft textbraceright textless textgreater textbar LaTeX TeX";
    math_macro(name).is_some()
        || is_style(name)
        || is_switch(name)
        || symbols.split(' ').any(|symbol| symbol == name)
        || super::spelling::writes(name)
}

const STYLES: &str =
    "textbf textit textsl textsc texttt textrm textsf textup textmd emph textsuperscript textsubscript";
const SWITCHES: &str = "bf it sl sc tt rm sf em bfseries itshape slshape scshape ttfamily rmfamily sffamily";

/// Commands of packages that are not loaded everywhere, and the same in LaTeX.
const RENAMED: &[(&str, &str)] = &[
    ("bm", "boldsymbol"),
    ("pmb", "boldsymbol"),
    ("mathscr", "mathcal"),
    ("mathbbm", "mathbb"),
    ("mathds", "mathbb"),
    ("Bbb", "mathbb"),
    ("frak", "mathfrak"),
    ("Tilde", "tilde"),
    ("mbox", "textrm"),
    ("text", "textrm"),
    ("slashed", "not"),
    ("sslash", "not"),
    ("fslash", "not"),
    ("cancel", "not"),
    ("bcancel", "not"),
    ("xcancel", "not"),
];

const WITH_ARGUMENTS: &[(usize, &str)] = &[
    (
        1,
        "mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathnormal boldsymbol operatorname textrm textbf textit textsf texttt \
         hat widehat tilde widetilde bar overline underline vec dot ddot acute grave breve check mathring overrightarrow overleftarrow \
         underbrace overbrace sqrt xrightarrow xleftarrow pmod",
    ),
    (2, "frac dfrac tfrac binom dbinom tbinom overset underset stackrel"),
];

const MATHEMATICS: &[&str] = &[
    // switches, dots and spaces
    "cal not rm bf it sf tt dots ldots cdots vdots ddots dotsc dotsb quad qquad bmod",
    // brackets
    "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr lbrace rbrace lbrack rbrack langle rangle lfloor",
    "rfloor lceil rceil lvert rvert lVert rVert vert Vert backslash ulcorner urcorner llcorner lrcorner",
    // Greek
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi pi varpi rho varrho",
    "sigma varsigma tau upsilon phi varphi chi psi omega digamma Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega",
    "varGamma varDelta varTheta varLambda varXi varPi varSigma varUpsilon varPhi varPsi varOmega",
    // letters and signs in formulas
    "hbar hslash ell imath jmath wp Re Im aleph beth gimel daleth eth partial nabla infty emptyset varnothing forall exists nexists",
    "neg lnot top bot angle measuredangle sphericalangle triangle square Box blacksquare lozenge Diamond diamondsuit heartsuit",
    "clubsuit spadesuit flat natural sharp prime backprime surd checkmark complement mho Finv Game Bbbk circledS circledR bigstar",
    "blacktriangle blacktriangledown triangledown blacklozenge diagup diagdown",
    // operators
    "pm mp times div cdot ast star circ bullet cap cup uplus sqcap sqcup vee lor wedge land setminus smallsetminus wr diamond",
    "bigtriangleup bigtriangledown triangleleft triangleright lhd rhd unlhd unrhd oplus ominus otimes oslash odot bigcirc dagger",
    "ddagger amalg dotplus ltimes rtimes leftthreetimes rightthreetimes circleddash circledast circledcirc boxplus boxminus",
    "boxtimes boxdot intercal veebar barwedge doublebarwedge curlyvee curlywedge centerdot divideontimes Cap Cup sum prod coprod",
    "int iint iiint iiiint oint bigcap bigcup bigsqcup bigvee bigwedge bigodot bigotimes bigoplus biguplus idotsint",
    // relations
    "le leq leqslant leqq ge geq geqslant geqq ne neq equiv sim simeq approx approxeq cong propto varpropto doteq doteqdot asymp",
    "prec succ preceq succeq preccurlyeq succcurlyeq precsim succsim precapprox succapprox ll gg lll ggg lesssim gtrsim lessapprox",
    "gtrapprox lessgtr gtrless lesseqgtr gtreqless lessdot gtrdot eqsim backsim backsimeq bumpeq Bumpeq triangleq circeq eqcirc",
    "subset supset subseteq supseteq subseteqq supseteqq subsetneq supsetneq subsetneqq supsetneqq nsubseteq nsupseteq Subset",
    "Supset sqsubset sqsupset sqsubseteq sqsupseteq in ni owns notin mid nmid parallel nparallel perp vdash dashv models vDash",
    "Vdash Vvdash nvdash nvDash bowtie Join smile frown between pitchfork therefore because trianglelefteq trianglerighteq",
    "vartriangleleft vartriangleright ntriangleleft ntriangleright nless ngtr nleq ngeq nprec nsucc nsim ncong",
    "lneq gneq lneqq gneqq lnsim gnsim colon vartriangle",
    // arrows
    "to gets leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow longleftarrow longrightarrow",
    "longleftrightarrow Longleftarrow Longrightarrow Longleftrightarrow implies impliedby iff mapsto longmapsto hookleftarrow",
    "hookrightarrow uparrow downarrow updownarrow Uparrow Downarrow Updownarrow nearrow searrow swarrow nwarrow leftharpoonup",
    "leftharpoondown rightharpoonup rightharpoondown rightleftharpoons leftrightharpoons leadsto rightsquigarrow",
    "leftrightsquigarrow twoheadrightarrow twoheadleftarrow rightarrowtail curvearrowright curvearrowleft circlearrowright",
    "circlearrowleft upharpoonright nrightarrow nleftarrow nRightarrow nLeftarrow leftleftarrows rightrightarrows rightleftarrows",
    "leftrightarrows multimap Lleftarrow Rrightarrow upuparrows downdownarrows Lsh Rsh",
    // named functions
    "log ln lg exp sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan max min sup inf lim limsup liminf arg det dim",
    "ker hom deg gcd Pr bmod injlim projlim varlimsup varliminf",
];
