//! The LaTeX commands that are written to a bibliography as commands: symbols, accents, alphabets and plain formatting. Commands that read
//! or write files, define or run anything are written as text, and so are unknown ones, which could not be typeset.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Whether `\name` may stay a command.
pub(super) fn is_harmless(name: &str) -> bool {
    static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| HARMLESS.iter().flat_map(|row| row.split(' ')).collect());
    NAMES.contains(name)
}

const HARMLESS: &[&str] = &[
    // letters and accents
    "aa AA ae AE oe OE o O l L ss i j dh DH dj DJ th TH ng NG u v H c k r d b t textcommabelow textcommaabove",
    // signs in text
    "textasciitilde textasciicircum textbackslash textbraceleft textbraceright textless textgreater textbar textunderscore",
    "textquotesingle textquotedblleft textquotedblright textquoteleft textquoteright textendash textemdash textellipsis",
    "textdegree textmu texttimes textregistered texttrademark textcopyright textbullet textperiodcentered textsection textpm",
    "texteuro textdollar textpercent textordfeminine textordmasculine textonehalf textonequarter textdagger textdaggerdbl",
    "textexclamdown textquestiondown textsuperscript textsubscript P S dag ddag copyright pounds euro LaTeX TeX BibTeX",
    "ldots dots cdots vdots ddots dotsc dotsb dotsm dotsi quad qquad space par newline linebreak slash hspace phantom hphantom vphantom",
    "thinspace negthinspace enspace enskip smallskip medskip bigskip noindent nobreak nobreakspace protect relax",
    // formatting
    "textbf textit textsl textsc texttt textrm textsf textup textmd textnormal emph underline uline mbox text textcolor color",
    "bf it sl sc tt rm sf em bfseries itshape slshape scshape ttfamily rmfamily sffamily upshape mdseries normalfont bm boldmath unboldmath",
    "tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge cite citep citet citealp ref eqref footnote",
    "ensuremath xspace MakeUppercase MakeLowercase uppercase lowercase",
    // alphabets and styles in formulas
    "mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathscr mathnormal mathbbm mathds boldsymbol pmb cal frak Bbb",
    "operatorname operatornamewithlimits mathop mathbin mathrel mathord mathopen mathclose mathpunct mathinner",
    "displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits not",
    // accents and constructions in formulas
    "hat widehat tilde widetilde bar overline vec dot ddot dddot acute grave breve check mathring overrightarrow overleftarrow",
    "overleftrightarrow underbrace overbrace underbar overset underset stackrel frac dfrac tfrac cfrac binom dbinom tbinom choose over",
    "atop sqrt root of substack sideset prescript xrightarrow xleftarrow boxed cancel smash",
    // brackets
    "left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm Bigm biggm Biggm lbrace rbrace lbrack rbrack",
    "langle rangle lfloor rfloor lceil rceil lvert rvert lVert rVert vert Vert backslash lgroup rgroup ulcorner urcorner llcorner lrcorner",
    "llbracket rrbracket",
    // Greek
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi omicron pi varpi rho",
    "varrho sigma varsigma tau upsilon phi varphi chi psi omega digamma Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega",
    "varGamma varDelta varTheta varLambda varXi varPi varSigma varUpsilon varPhi varPsi varOmega",
    // letters and signs in formulas
    "hbar hslash ell imath jmath wp Re Im aleph beth gimel daleth eth partial nabla infty emptyset varnothing forall exists nexists",
    "neg lnot top bot angle measuredangle sphericalangle triangle square Box blacksquare lozenge Diamond diamondsuit heartsuit clubsuit",
    "spadesuit flat natural sharp prime backprime surd checkmark maltese complement mho Finv Game Bbbk circledS circledR degree celsius",
    "bigstar blacktriangle blacktriangledown triangledown blacklozenge diagup diagdown",
    // operators
    "pm mp times div cdot ast star circ bullet cap cup uplus sqcap sqcup vee lor wedge land setminus smallsetminus wr diamond",
    "bigtriangleup bigtriangledown triangleleft triangleright lhd rhd unlhd unrhd oplus ominus otimes oslash odot bigcirc dagger",
    "ddagger amalg dotplus ltimes rtimes leftthreetimes rightthreetimes circleddash circledast circledcirc boxplus boxminus boxtimes",
    "boxdot intercal veebar barwedge doublebarwedge curlyvee curlywedge centerdot divideontimes Cap Cup",
    "sum prod coprod int iint iiint iiiint oint bigcap bigcup bigsqcup bigvee bigwedge bigodot bigotimes bigoplus biguplus idotsint",
    // relations
    "le leq leqslant leqq ge geq geqslant geqq ne neq equiv sim simeq approx approxeq cong propto varpropto doteq doteqdot asymp",
    "prec succ preceq succeq preccurlyeq succcurlyeq precsim succsim precapprox succapprox ll gg lll ggg lesssim gtrsim lessapprox",
    "gtrapprox lessgtr gtrless lesseqgtr gtreqless lessdot gtrdot eqsim backsim backsimeq bumpeq Bumpeq triangleq circeq eqcirc",
    "coloneqq eqqcolon coloneq subset supset subseteq supseteq subseteqq supseteqq subsetneq supsetneq subsetneqq supsetneqq nsubseteq",
    "nsupseteq Subset Supset sqsubset sqsupset sqsubseteq sqsupseteq in ni owns notin mid nmid parallel nparallel perp vdash dashv",
    "models vDash Vdash Vvdash nvdash nvDash bowtie Join smile frown between pitchfork therefore because trianglelefteq trianglerighteq",
    "trianglelefteqslant vartriangleleft vartriangleright ntriangleleft ntriangleright nless ngtr nleq ngeq nprec nsucc nsim ncong",
    "lneq gneq lneqq gneqq lnsim gnsim colon vartriangle",
    // arrows
    "to gets leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow longleftarrow longrightarrow longleftrightarrow",
    "Longleftarrow Longrightarrow Longleftrightarrow implies impliedby iff mapsto longmapsto hookleftarrow hookrightarrow uparrow",
    "downarrow updownarrow Uparrow Downarrow Updownarrow nearrow searrow swarrow nwarrow leftharpoonup leftharpoondown",
    "rightharpoonup rightharpoondown rightleftharpoons leftrightharpoons leadsto rightsquigarrow leftrightsquigarrow twoheadrightarrow",
    "twoheadleftarrow rightarrowtail leftarrowtail curvearrowright curvearrowleft circlearrowright circlearrowleft upharpoonright",
    "restriction nrightarrow nleftarrow nRightarrow nLeftarrow leftleftarrows rightrightarrows rightleftarrows leftrightarrows multimap",
    "dashrightarrow dashleftarrow Lleftarrow Rrightarrow upuparrows downdownarrows Lsh Rsh",
    // named functions
    "log ln lg exp sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan max min sup inf lim limsup liminf arg argmax",
    "argmin det dim ker hom deg gcd Pr tr Tr rank diag bmod mod pmod pod injlim projlim varlimsup varliminf",
];
