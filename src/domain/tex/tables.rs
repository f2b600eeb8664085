//! The meanings of LaTeX commands in one table for text and formulas, and the alphabets, scripts and accents of mathematics. Data only:
//! `text` and `math` decide what to do with a meaning.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The class of an atom of a formula, which decides the spaces around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AtomClass {
    Letter,
    /// Typed as a command; a space on each side between two operands.
    Relation,
    /// `=` and similar, typed as a character; spaced as in the source.
    Comparison,
    /// Typed as a command; spaced as in the source, the same on both sides.
    Operator,
    /// `+` and similar, typed as a character; spaced as in the source.
    Sign,
    /// `× · ∘`: never spaced.
    Tight,
    /// `∑` and similar.
    Large,
    Open,
    Close,
    Punctuation,
    /// `log` and similar; a space between it and letters.
    Function,
    Fraction,
    Root,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    Upright,
    Bold,
    Script,
    Fraktur,
    Double,
}

/// The meaning of a control sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TexCommand {
    /// A symbol of mathematics. Also read in text, where a space after it stays.
    Symbol(&'static str, AtomClass),
    /// A character of text; a space after the control word only ends the word.
    Character(&'static str),
    /// A text accent: the combining mark for the next letter, and what to write when there is no letter.
    Accent(char, &'static str),
    /// A math accent.
    Hat(char),
    Space,
    Nothing,
    /// A line break: a space, or a row of a matrix.
    Row,
    /// `\it` and similar: dropped; its group stays.
    Switch,
    /// `\textbf{x}` and similar: the argument as text.
    Style,
    /// `\textcolor{red}{x}` and similar: this many arguments are dropped, the next one is text.
    Styled(u8),
    /// `\label{x}` and similar: dropped with this many arguments.
    Silent(u8),
    Link,
    Address,
    /// `\cite{key}` and similar: the key in these brackets.
    Key(&'static str, &'static str),
    Note,
    Raised,
    Lowered,
    Item,
    Begin,
    End,
    /// `\mathbb{x}` and similar.
    Letters(Alphabet),
    /// `\cal` and similar: applies to the rest of the group.
    LettersFrom(Alphabet),
    Operator,
    Fraction,
    Binomial,
    Root,
    /// `\left`, `\big` and similar, before a delimiter.
    Delimiter,
    Not,
    /// `\overset{a}{b}`: a becomes a superscript of b.
    Over,
    /// `\underset{a}{b}`: a becomes a subscript of b.
    Under,
    /// `\overbrace{a}`: a.
    Brace,
    /// `\xrightarrow[b]{a}`: a symbol with both as scripts.
    Arrow(&'static str),
    Modulo,
    /// `{a \over b}`.
    InfixFraction,
    InfixBinomial,
}

/// The meaning of a control word (letters) or control symbol (one other character), without its backslash.
pub(super) fn command(name: &str) -> Option<TexCommand> {
    COMMANDS.get(name).copied()
}

/// The symbols of mathematics: control word and glyph.
pub(super) fn symbols() -> impl Iterator<Item = (&'static str, &'static str)> {
    SYMBOLS.iter().flat_map(|(_, pairs)| {
        let names = pairs.split_whitespace().step_by(2);
        names.zip(pairs.split_whitespace().skip(1).step_by(2))
    })
}

static COMMANDS: LazyLock<HashMap<&'static str, TexCommand>> = LazyLock::new(|| {
    let mut commands = HashMap::with_capacity(1_000);
    for (class, pairs) in SYMBOLS {
        let mut words = pairs.split_whitespace();
        while let (Some(name), Some(glyph)) = (words.next(), words.next()) {
            commands.insert(name, TexCommand::Symbol(glyph, *class));
        }
    }
    for name in FUNCTIONS.split_whitespace() {
        commands.insert(name, TexCommand::Symbol(name, AtomClass::Function));
    }
    commands.insert("liminf", TexCommand::Symbol("lim inf", AtomClass::Function));
    commands.insert("limsup", TexCommand::Symbol("lim sup", AtomClass::Function));
    let mut words = CHARACTERS.split_whitespace();
    while let (Some(name), Some(text)) = (words.next(), words.next()) {
        commands.insert(name, TexCommand::Character(text));
    }
    for (names, command) in MEANINGS {
        for name in names.split_whitespace() {
            commands.insert(name, *command);
        }
    }
    commands.insert(" ", TexCommand::Space);
    commands.insert("\n", TexCommand::Space);
    commands.insert("\t", TexCommand::Space);
    commands
});

/// Name and glyph, alternating.
const SYMBOLS: &[(AtomClass, &str)] = &[
    (
        AtomClass::Letter,
        "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ varkappa ϰ lambda λ \
         mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω \
         digamma ϝ Alpha Α Beta Β Gamma Γ varGamma Γ Delta Δ varDelta Δ Epsilon Ε Zeta Ζ Eta Η Theta Θ varTheta Θ Iota Ι Kappa Κ \
         Lambda Λ varLambda Λ Mu Μ Nu Ν Xi Ξ varXi Ξ Omicron Ο Pi Π varPi Π Rho Ρ Sigma Σ varSigma Σ Tau Τ Upsilon Υ varUpsilon Υ \
         Phi Φ varPhi Φ Chi Χ Psi Ψ varPsi Ψ Omega Ω varOmega Ω ell ℓ hbar ℏ hslash ℏ imath ı jmath ȷ wp ℘ Re ℜ Im ℑ aleph ℵ beth ℶ \
         gimel ℷ daleth ℸ eth ð complement ∁ partial ∂ nabla ∇ infty ∞ emptyset ∅ varnothing ∅ forall ∀ exists ∃ nexists ∄ neg ¬ \
         lnot ¬ top ⊤ bot ⊥ intercal ⊺ prime ′ backprime ‵ angle ∠ measuredangle ∡ sphericalangle ∢ triangle △ vartriangle △ \
         triangledown ▽ blacktriangle ▲ blacktriangledown ▼ square □ Box □ Square □ blacksquare ■ qed ∎ lozenge ◊ \
         Diamond ◇ blacklozenge ⧫ bigstar ★ spadesuit ♠ heartsuit ♡ diamondsuit ♢ clubsuit ♣ flat ♭ natural ♮ sharp ♯ surd √ \
         checkmark ✓ cmark ✓ xmark ✗ degree ° textdegree ° celsius ℃ ohm Ω micro μ Bbbk 𝕜 mho ℧ ldots … dots … dotsc … dotso … \
         textellipsis … mathellipsis … cdots ⋯ dotsb ⋯ dotsm ⋯ dotsi ⋯ vdots ⋮ ddots ⋱ iddots ⋰ adots ⋰ Vert ‖ | ‖ vert | lvert | \
         rvert | lVert ‖ rVert ‖ backslash \\ slash / colon : eurologo € maltese ✠ circledR ® yen ¥ one 𝟙 ind 𝟙",
    ),
    (
        AtomClass::Relation,
        "le ≤ leq ≤ leqslant ⩽ leqq ≦ ge ≥ geq ≥ geqslant ⩾ geqq ≧ ll ≪ gg ≫ lll ⋘ ggg ⋙ ne ≠ neq ≠ equiv ≡ sim ∼ nsim ≁ simeq ≃ \
         approx ≈ approxeq ≊ cong ≅ ncong ≇ thickapprox ≈ thicksim ∼ backsim ∽ asymp ≍ doteq ≐ triangleq ≜ coloneqq ≔ coloneq ≔ \
         eqqcolon ≕ defeq ≔ eqdef ≝ propto ∝ varpropto ∝ lesssim ≲ gtrsim ≳ lessapprox ⪅ gtrapprox ⪆ lessgtr ≶ gtrless ≷ nless ≮ \
         ngtr ≯ nleq ≰ ngeq ≱ prec ≺ succ ≻ preceq ⪯ succeq ⪰ precsim ≾ succsim ≿ preccurlyeq ≼ succcurlyeq ≽ nprec ⊀ nsucc ⊁ in ∈ \
         notin ∉ ni ∋ owns ∋ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ nsubseteq ⊈ nsupseteq ⊉ subsetneq ⊊ supsetneq ⊋ Subset ⋐ \
         Supset ⋑ sqsubset ⊏ sqsupset ⊐ sqsubseteq ⊑ sqsupseteq ⊒ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨ Vdash ⊩ nvdash ⊬ nvDash ⊭ mid | \
         nmid ∤ parallel ∥ nparallel ∦ perp ⊥ Perp ⫫ indep ⫫ bowtie ⋈ smile ⌣ frown ⌢ between ≬ pitchfork ⋔ to → gets ← \
         rightarrow → leftarrow ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ longrightarrow ⟶ longleftarrow ⟵ \
         longleftrightarrow ⟷ Longrightarrow ⟹ Longleftarrow ⟸ Longleftrightarrow ⟺ implies ⟹ impliedby ⟸ iff ⟺ mapsto ↦ \
         longmapsto ⟼ hookrightarrow ↪ hookleftarrow ↩ rightharpoonup ⇀ rightharpoondown ⇁ leftharpoonup ↼ leftharpoondown ↽ \
         rightleftharpoons ⇌ leftrightharpoons ⇋ uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓ Updownarrow ⇕ \
         nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ rightsquigarrow ⇝ leadsto ⇝ dashrightarrow ⇢ dashleftarrow ⇠ twoheadrightarrow ↠ \
         twoheadleftarrow ↞ rightarrowtail ↣ upharpoonright ↾ restriction ↾ circlearrowleft ↺ circlearrowright ↻ curvearrowright ↷ \
         curvearrowleft ↶ rightrightarrows ⇉ leftleftarrows ⇇ rightleftarrows ⇄ leftrightarrows ⇆ Rrightarrow ⇛ Lleftarrow ⇚ \
         nrightarrow ↛ nleftarrow ↚ nRightarrow ⇏ nLeftarrow ⇍ nleftrightarrow ↮ multimap ⊸ therefore ∴ because ∵ vartriangleleft ⊲ \
         bmod mod mod mod vartriangleright ⊳ trianglelefteq ⊴ trianglerighteq ⊵",
    ),
    (
        AtomClass::Operator,
        "pm ± mp ∓ div ÷ ast ∗ star ⋆ bullet • oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ cap ∩ cup ∪ Cap ⋒ Cup ⋓ uplus ⊎ sqcap ⊓ \
         sqcup ⊔ vee ∨ lor ∨ wedge ∧ land ∧ veebar ⊻ barwedge ⊼ setminus ∖ smallsetminus ∖ wr ≀ diamond ⋄ amalg ⨿ dotplus ∔ ltimes ⋉ \
         rtimes ⋊ boxplus ⊞ boxminus ⊟ boxtimes ⊠ boxdot ⊡ circledast ⊛ circledcirc ⊚ bigcirc ◯ triangleleft ◁ triangleright ▷ \
         lhd ⊲ rhd ⊳ unlhd ⊴ unrhd ⊵ bigtriangleup △ bigtriangledown ▽ dagger † ddagger ‡ curlywedge ⋏ curlyvee ⋎ textpm ±",
    ),
    (AtomClass::Tight, "times × texttimes × cdot · cdotp · centerdot · textperiodcentered · circ ∘"),
    (
        AtomClass::Large,
        "sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ oiint ∯ bigcap ⋂ bigcup ⋃ bigsqcup ⨆ bigvee ⋁ bigwedge ⋀ bigoplus ⨁ \
         bigotimes ⨂ bigodot ⨀ biguplus ⨄",
    ),
    (
        AtomClass::Open,
        "{ { lbrace { lbrack [ lparen ( langle ⟨ lfloor ⌊ lceil ⌈ llbracket ⟦ lgroup ⟮ ulcorner ⌜ llcorner ⌞",
    ),
    (
        AtomClass::Close,
        "} } rbrace } rbrack ] rparen ) rangle ⟩ rfloor ⌋ rceil ⌉ rrbracket ⟧ rgroup ⟯ urcorner ⌝ lrcorner ⌟",
    ),
];

const FUNCTIONS: &str = "arccos arcsin arctan arg argmax argmin cos cosh cot coth csc deg det diag dim erf exp gcd hom inf injlim \
                         ker lcm lg lim ln log max min poly polylog Pr projlim rank sec sgn sign sin sinh sup supp tan tanh tr Tr";

/// Control words and symbols of text and what they print, alternating.
const CHARACTERS: &str = "ss ß SS SS o ø O Ø l ł L Ł ae æ AE Æ oe œ OE Œ aa å AA Å dh ð DH Ð th þ TH Þ dj đ DJ Đ ng ŋ NG Ŋ i ı j ȷ ij ĳ \
                          IJ Ĳ % % & & _ _ # # $ $ S § P ¶ dag † ddag ‡ copyright © textcopyright © textregistered ® texttrademark ™ \
                          pounds £ textsterling £ euro € texteuro € EUR € textyen ¥ textcent ¢ textsection § textparagraph ¶ \
                          textendash – textemdash — textquoteleft ‘ textquoteright ’ textquotedblleft “ textquotedblright ” \
                          textquotedbl \" textquotesingle ' lq ‘ rq ’ glqq „ grqq “ quotedblbase „ quotesinglbase ‚ flqq « frqq » \
                          guillemotleft « guillemotright » guillemetleft « guillemetright » textless < textgreater > textbar | \
                          textbackslash \\ textasciitilde ~ textasciicircum ^ textasciigrave ` textunderscore _ textbraceleft { \
                          textbraceright } textdollar $ textpercent % textbullet • textdagger † textmu µ textonehalf ½ \
                          textonequarter ¼ textthreequarters ¾ textexclamdown ¡ textquestiondown ¿ textordfeminine ª \
                          textordmasculine º textnumero № textvisiblespace ␣ lbracket [ rbracket ]";

const MEANINGS: &[(&str, TexCommand)] = &[
    ("'", TexCommand::Accent('\u{301}', "'")),
    ("`", TexCommand::Accent('\u{300}', "`")),
    ("^", TexCommand::Accent('\u{302}', "^")),
    ("\"", TexCommand::Accent('\u{308}', "\"")),
    ("~", TexCommand::Accent('\u{303}', "~")),
    ("=", TexCommand::Accent('\u{304}', "=")),
    (".", TexCommand::Accent('\u{307}', ".")),
    ("u", TexCommand::Accent('\u{306}', "")),
    ("v", TexCommand::Accent('\u{30C}', "")),
    ("H", TexCommand::Accent('\u{30B}', "")),
    ("c", TexCommand::Accent('\u{327}', "")),
    ("k", TexCommand::Accent('\u{328}', "")),
    ("r", TexCommand::Accent('\u{30A}', "")),
    ("d", TexCommand::Accent('\u{323}', "")),
    ("b", TexCommand::Accent('\u{331}', "")),
    ("t", TexCommand::Accent('\u{361}', "")),
    ("hat widehat", TexCommand::Hat('\u{302}')),
    ("tilde widetilde", TexCommand::Hat('\u{303}')),
    ("bar", TexCommand::Hat('\u{304}')),
    ("overline", TexCommand::Hat('\u{305}')),
    ("breve", TexCommand::Hat('\u{306}')),
    ("dot", TexCommand::Hat('\u{307}')),
    ("ddot", TexCommand::Hat('\u{308}')),
    ("mathring", TexCommand::Hat('\u{30A}')),
    ("check widecheck", TexCommand::Hat('\u{30C}')),
    ("acute", TexCommand::Hat('\u{301}')),
    ("grave", TexCommand::Hat('\u{300}')),
    ("vec overrightarrow", TexCommand::Hat('\u{20D7}')),
    ("overleftarrow", TexCommand::Hat('\u{20D6}')),
    ("overleftrightarrow", TexCommand::Hat('\u{20E1}')),
    ("dddot", TexCommand::Hat('\u{20DB}')),
    ("undertilde utilde", TexCommand::Hat('\u{330}')),
    ("underbar", TexCommand::Hat('\u{331}')),
    (
        ", ; : > enspace quad qquad thinspace medspace thickspace space nobreakspace par newline linebreak break cr",
        TexCommand::Space,
    ),
    ("\\ tabularnewline", TexCommand::Row),
    ("! - / @ * negthinspace negmedspace", TexCommand::Nothing),
    (
        "it bf em rm sf tt sc sl itshape bfseries ttfamily scshape sffamily rmfamily upshape mdseries slshape normalfont small \
         footnotesize scriptsize tiny normalsize large Large LARGE huge Huge centering noindent indent displaystyle textstyle \
         scriptstyle scriptscriptstyle limits nolimits boldmath unboldmath protect xspace relax hfill vfill hrulefill raggedright \
         raggedleft nonumber notag allowbreak mathstrut strut null hline toprule midrule bottomrule pagebreak newpage clearpage \
         maketitle sloppy ignorespaces unskip leavevmode footnotemark smallskip medskip bigskip mit",
        TexCommand::Switch,
    ),
    (
        "text textbf textit emph texttt textsc textsf textsl textrm textmd textup textnormal textmath underline uline ul mbox hbox \
         fbox framebox makebox MakeUppercase MakeLowercase enquote intertext",
        TexCommand::Style,
    ),
    ("textcolor colorbox scalebox raisebox parbox foreignlanguage rotatebox adjustbox", TexCommand::Styled(1)),
    ("fcolorbox resizebox multicolumn multirow", TexCommand::Styled(2)),
    (
        "label color vspace hspace pagestyle thispagestyle bibliographystyle hypertarget pagecolor",
        TexCommand::Silent(1),
    ),
    ("rule", TexCommand::Silent(2)),
    ("href", TexCommand::Link),
    ("url path nolinkurl", TexCommand::Address),
    (
        "cite citep citet citealp citealt citeauthor citeyear citeyearpar citenum Cite Citep Citet autocite parencite textcite \
         footcite fullcite nocite onlinecite supercite ref cref Cref autoref pageref nameref vref",
        TexCommand::Key("[", "]"),
    ),
    ("eqref", TexCommand::Key("(", ")")),
    ("footnote footnotetext thanks", TexCommand::Note),
    ("textsuperscript", TexCommand::Raised),
    ("textsubscript", TexCommand::Lowered),
    ("item", TexCommand::Item),
    ("begin", TexCommand::Begin),
    ("end", TexCommand::End),
    (
        "mathrm mathit mathsf mathtt mathnormal mathup mathop mathbin mathrel mathord ensuremath smash",
        TexCommand::Letters(Alphabet::Upright),
    ),
    ("mathbf boldsymbol bm pmb mathbold symbf symbfit mathbfit", TexCommand::Letters(Alphabet::Bold)),
    ("mathcal mathscr EuScript mathpzc symcal symscr", TexCommand::Letters(Alphabet::Script)),
    ("mathfrak mathgoth frak symfrak", TexCommand::Letters(Alphabet::Fraktur)),
    ("mathbb Bbb mathbbm mathds mathbbmss symbb vmathbb", TexCommand::Letters(Alphabet::Double)),
    ("cal", TexCommand::LettersFrom(Alphabet::Script)),
    ("operatorname operatornamewithlimits DeclareMathOperator", TexCommand::Operator),
    ("frac dfrac tfrac cfrac nicefrac sfrac xfrac flatfrac", TexCommand::Fraction),
    ("binom dbinom tbinom", TexCommand::Binomial),
    ("sqrt", TexCommand::Root),
    (
        "left right middle big Big bigg Bigg bigl bigr bigm Bigl Bigr Bigm biggl biggr biggm Biggl Biggr Biggm",
        TexCommand::Delimiter,
    ),
    ("not", TexCommand::Not),
    ("overset stackrel", TexCommand::Over),
    ("underset", TexCommand::Under),
    ("overbrace underbrace overbracket underbracket substack cancel boxed operand mathchoice", TexCommand::Brace),
    ("xrightarrow xlongrightarrow", TexCommand::Arrow("→")),
    ("xleftarrow", TexCommand::Arrow("←")),
    ("xRightarrow", TexCommand::Arrow("⇒")),
    ("xleftrightarrow", TexCommand::Arrow("↔")),
    ("pmod", TexCommand::Modulo),
    ("over", TexCommand::InfixFraction),
    ("choose", TexCommand::InfixBinomial),
];

/// The class of a character that is typed as itself in a formula.
pub(super) fn class(c: char) -> AtomClass {
    match c {
        '(' | '[' | '⟨' | '⌊' | '⌈' => AtomClass::Open,
        ')' | ']' | '⟩' | '⌋' | '⌉' => AtomClass::Close,
        ',' | ';' => AtomClass::Punctuation,
        '=' | '<' | '>' | ':' | '≤' | '≥' | '≠' | '≈' | '∼' | '≡' | '∈' | '∉' | '⊂' | '⊆' | '→' | '←' | '↔' | '⇒' => {
            AtomClass::Comparison
        }
        '+' | '-' | '−' | '*' | '/' | '±' => AtomClass::Sign,
        '×' | '·' | '∘' | '⋅' => AtomClass::Tight,
        '∑' | '∏' | '∫' => AtomClass::Large,
        _ => AtomClass::Letter,
    }
}

/// A letter or digit in an alphabet of mathematics; None when the alphabet does not have it.
pub(super) fn letter(alphabet: Alphabet, c: char) -> Option<char> {
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
        _ => return None,
    };
    char::from_u32(first + (u32::from(c) - u32::from(from)))
}

const SUPERSCRIPTS: &str = "0⁰1¹2²3³4⁴5⁵6⁶7⁷8⁸9⁹+⁺-⁻−⁻=⁼(⁽)⁾aᵃbᵇcᶜdᵈeᵉfᶠgᵍhʰiⁱjʲkᵏlˡmᵐnⁿoᵒpᵖrʳsˢtᵗuᵘvᵛwʷxˣyʸzᶻAᴬBᴮDᴰEᴱGᴳHᴴIᴵJᴶ\
                            KᴷLᴸMᴹNᴺOᴼPᴾRᴿTᵀUᵁVⱽWᵂβᵝγᵞδᵟθᶿϕᵠφᵠχᵡ⊤ᵀ⊺ᵀ**∗*⋆⋆††‡‡′′″″°°∘°";
const SUBSCRIPTS: &str = "0₀1₁2₂3₃4₄5₅6₆7₇8₈9₉+₊-₋−₋=₌(₍)₎aₐeₑhₕiᵢjⱼkₖlₗmₘnₙoₒpₚrᵣsₛtₜuᵤvᵥxₓβᵦγᵧρᵨϕᵩφᵩχᵪ";

/// The raised or lowered form of a character.
pub(super) fn script(c: char, raised: bool) -> Option<char> {
    let mut pairs = if raised { SUPERSCRIPTS } else { SUBSCRIPTS }.chars();
    while let (Some(plain), Some(small)) = (pairs.next(), pairs.next()) {
        if plain == c {
            return Some(small);
        }
    }
    None
}

/// How the content of an environment is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TexEnvironment {
    /// As text, without the tags.
    Text,
    /// As text or table cells, without the tags and one argument.
    Columns,
    /// As a formula.
    Formula,
    /// As rows of a formula, between these brackets.
    Rows(&'static str, &'static str),
}

/// None for an unknown environment, whose name is then shown.
pub(super) fn environment(name: &str) -> Option<TexEnvironment> {
    Some(match name.trim_end_matches('*') {
        "itemize" | "enumerate" | "description" | "quote" | "quotation" | "center" | "abstract" | "flushleft"
        | "flushright" | "verse" | "figure" | "table" | "document" | "small" | "footnotesize" | "verbatim" | "em"
        | "it" | "bf" => TexEnvironment::Text,
        "tabular" | "minipage" | "multicols" | "wrapfigure" => TexEnvironment::Columns,
        "equation" | "align" | "gather" | "multline" | "eqnarray" | "displaymath" | "math" | "flalign" | "alignat"
        | "dmath" => TexEnvironment::Formula,
        "matrix" | "smallmatrix" | "split" | "aligned" | "gathered" | "alignedat" | "array" => {
            TexEnvironment::Rows("", "")
        }
        "cases" => TexEnvironment::Rows("{", ""),
        "pmatrix" => TexEnvironment::Rows("(", ")"),
        "bmatrix" => TexEnvironment::Rows("[", "]"),
        "Bmatrix" => TexEnvironment::Rows("{", "}"),
        "vmatrix" => TexEnvironment::Rows("|", "|"),
        "Vmatrix" => TexEnvironment::Rows("‖", "‖"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_name_has_one_meaning() {
        let mut seen = HashSet::new();
        for (_, pairs) in SYMBOLS {
            let words: Vec<_> = pairs.split_whitespace().collect();
            assert_eq!(words.len() % 2, 0);
            for pair in words.chunks(2) {
                assert!(seen.insert(pair[0]), "{} twice", pair[0]);
                assert!(pair[1] == "mod" || pair[1].chars().count() == 1, "{}", pair[1]);
            }
        }
        let words: Vec<_> = CHARACTERS.split_whitespace().collect();
        assert_eq!(words.len() % 2, 0);
        let names = FUNCTIONS.split_whitespace().chain(words.iter().copied().step_by(2));
        for name in names.chain(MEANINGS.iter().flat_map(|(names, _)| names.split_whitespace())) {
            assert!(seen.insert(name), "{name} twice");
        }
    }

    #[test]
    fn alphabets_have_their_letterlike_exceptions() {
        let styled = |alphabet, text: &str| text.chars().filter_map(|c| letter(alphabet, c)).collect::<String>();
        assert_eq!(styled(Alphabet::Script, "BEFHILMRegoOa"), "ℬℰℱℋℐℒℳℛℯℊℴ𝒪𝒶");
        assert_eq!(styled(Alphabet::Double, "CHNPQRZA1"), "ℂℍℕℙℚℝℤ𝔸𝟙");
        assert_eq!(styled(Alphabet::Fraktur, "CHIRZg"), "ℭℌℑℜℨ𝔤");
        assert_eq!(styled(Alphabet::Bold, "Ax0θ"), "𝐀𝐱𝟎");
    }
}
