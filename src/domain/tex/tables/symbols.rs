//! Symbols of mathematics that LaTeX has names for. Data only.

use super::AtomClass;

/// Name and glyph, alternating.
pub(super) const SYMBOLS: &[(AtomClass, &str)] = &[
    (
        AtomClass::Letter,
        "alpha α eps ε beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ varkappa ϰ lambda λ \
         mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω \
         digamma ϝ Alpha Α Beta Β Gamma Γ varGamma Γ Delta Δ varDelta Δ Epsilon Ε Zeta Ζ Eta Η Theta Θ varTheta Θ Iota Ι Kappa Κ \
         Lambda Λ varLambda Λ Mu Μ Nu Ν Xi Ξ varXi Ξ Omicron Ο Pi Π varPi Π Rho Ρ Sigma Σ varSigma Σ Tau Τ Upsilon Υ varUpsilon Υ \
         Phi Φ varPhi Φ Chi Χ Psi Ψ varPsi Ψ Omega Ω varOmega Ω ell ℓ hbar ℏ hslash ℏ imath ı jmath ȷ wp ℘ Re ℜ Im ℑ aleph ℵ beth ℶ \
         gimel ℷ daleth ℸ eth ð complement ∁ partial ∂ nabla ∇  infty ∞ emptyset ∅ varnothing ∅ forall ∀ exists ∃ nexists ∄ neg ¬ \
         lnot ¬ top ⊤ bot ⊥ intercal ⊺ prime ′ backprime ‵ angle ∠ measuredangle ∡ sphericalangle ∢ triangle △ vartriangle △ \
         triangledown ▽ blacktriangle ▲ blacktriangledown ▼ square □ Box □ Square □ blacksquare ■ qed ∎ lozenge ◊ \
         Diamond ◇ blacklozenge ⧫ bigstar ★ spadesuit ♠ heartsuit ♡ diamondsuit ♢ clubsuit ♣ flat ♭ natural ♮ sharp ♯ surd √ \
         checkmark ✓ cmark ✓ xmark ✗ ohm Ω micro μ Bbbk 𝕜 mho ℧ ldots … dots … dotsc … dotso … \
         mathellipsis … cdots ⋯ dotsb ⋯ dotsm ⋯ dotsi ⋯ vdots ⋮ ddots ⋱ iddots ⋰ adots ⋰ Vert ‖ | ‖ vert | backslash \\ slash / eurologo € maltese ✠ circledR ® yen ¥ one 𝟙 ind 𝟙 \
         Finv Ⅎ Game ⅁ circledS Ⓢ blacktriangleleft ◀ blacktriangleright ▶ diagdown ╲ diagup ╱      \
          lambdabar ƛ lambdaslash ƛ upalpha α upbeta β upgamma γ updelta δ upepsilon ε upzeta ζ upeta η uptheta θ upiota ι \
         upkappa κ uplambda λ upmu μ upnu ν upxi ξ uppi π uprho ρ upsigma σ uptau τ upupsilon υ upphi φ upchi χ uppsi ψ upomega ω \
         Updelta Δ Uplambda Λ Upomega Ω Upsigma Σ Upgamma Γ Upphi Φ Uppsi Ψ Uptheta Θ Uppi Π Upxi Ξ textmugreek μ sslash ⫽ ldotp . \
         lmoustache ⎰ rmoustache ⎱ CheckedBox ☑ XBox ☒",
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
         lsim ≲ gsim ≳ la ≲ ga ≳ simlt ≲ simgt ≳ bmod mod mod mod vartriangleright ⊳ trianglelefteq ⊴ trianglerighteq ⊵ \
           backepsilon ϶ backsimeq ⋍ bumpeq ≏ Bumpeq ≎ circeq ≗ curlyeqprec ⋞ curlyeqsucc ⋟ Doteq ≑ doteqdot ≑ eqcirc ≖ eqsim ≂ \
         eqslantgtr ⪖ eqslantless ⪕ fallingdotseq ≒ risingdotseq ≓ gggtr ⋙ llless ⋘ gnapprox ⪊ gneq ⪈ gneqq ≩ gvertneqq ≩ gnsim ⋧ \
         gtrdot ⋗ gtreqless ⋛ gtreqqless ⪌ lnapprox ⪉ lneq ⪇ lneqq ≨ lvertneqq ≨ lnsim ⋦ lessdot ⋖ lesseqgtr ⋚ lesseqqgtr ⪋ \
         ngeqq ≱ nleqq ≰ ngeqslant ≱ nleqslant ≰ npreceq ⋠ nsucceq ⋡ nshortmid ∤ nshortparallel ∦ shortmid ∣ shortparallel ∥ \
         nsubseteqq ⊈ nsupseteqq ⊉ subseteqq ⫅ supseteqq ⫆ subsetneqq ⫋ supsetneqq ⫌ varsubsetneq ⊊ varsubsetneqq ⫋ varsupsetneq ⊋ \
         varsupsetneqq ⫌ ntriangleleft ⋪ ntriangleright ⋫ ntrianglelefteq ⋬ ntrianglerighteq ⋭ precapprox ⪷ succapprox ⪸ \
         precnapprox ⪹ succnapprox ⪺ precneq ⪱ succneq ⪲ precneqq ⪵ succneqq ⪶ precnsim ⋨ succnsim ⋩ smallfrown ⌢ smallsmile ⌣ \
         nVdash ⊮ nVDash ⊯ Vvdash ⊪ vcentcolon : dblcolon ∷ Coloneqq ⩴ mapsfrom ↤ longmapsfrom ⟻ Mapsto ⤇ shortrightarrow → \
         looparrowleft ↫ looparrowright ↬ leftrightsquigarrow ↭ nLeftrightarrow ⇎ leftarrowtail ↢ Lsh ↰ Rsh ↱ downdownarrows ⇊ \
         upuparrows ⇈ downharpoonleft ⇃ downharpoonright ⇂ upharpoonleft ↿",
    ),
    (
        AtomClass::Operator,
        "pm ± mp ∓ div ÷ ast ∗ star ⋆ bullet • oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ cap ∩ cup ∪ Cap ⋒ Cup ⋓ uplus ⊎ sqcap ⊓ \
         sqcup ⊔ vee ∨ lor ∨ wedge ∧ land ∧ veebar ⊻ barwedge ⊼ setminus ∖ smallsetminus ∖ wr ≀ diamond ⋄ amalg ⨿ dotplus ∔ ltimes ⋉ \
         rtimes ⋊ boxplus ⊞ boxminus ⊟ boxtimes ⊠ boxdot ⊡ circledast ⊛ circledcirc ⊚ bigcirc ◯ triangleleft ◁ triangleright ▷ \
         lhd ⊲ rhd ⊳ unlhd ⊴ unrhd ⊵ bigtriangleup △ bigtriangledown ▽ dagger † ddagger ‡ curlywedge ⋏ curlyvee ⋎ textpm ± \
         circleddash ⊝ divideontimes ⋇ doublebarwedge ⩞ doublecap ⋒ doublecup ⋓ leftthreetimes ⋋ rightthreetimes ⋌ varotimes ⊗ boxbar ◫ \
         interleave ⫴",
    ),
    (AtomClass::Punctuation, "colon :"),
    (AtomClass::Tight, "times × texttimes × cdot · cdotp · centerdot · textperiodcentered · circ ∘    "),
    (
        AtomClass::Large,
        "sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ oiint ∯ bigcap ⋂ bigcup ⋃ bigsqcup ⨆ bigvee ⋁ bigwedge ⋀ bigoplus ⨁ \
         bigotimes ⨂ bigodot ⨀ biguplus ⨄ iiiint ⨌ oiiint ∰ bigsqcap ⨅ smallint ∫ fint ⨍ dashint ⨍",
    ),
    (
        AtomClass::Open,
        "{ { lbrace { lbrack [ lparen ( langle ⟨ lfloor ⌊ lceil ⌈ llbracket ⟦ lgroup ⟮ ulcorner ⌜ llcorner ⌞ lvert | lVert ‖ lbrbrak ⟦ lAngle ⟪ llangle ⟪ Langle ⟪",
    ),
    (
        AtomClass::Close,
        "} } rbrace } rbrack ] rparen ) rangle ⟩ rfloor ⌋ rceil ⌉ rrbracket ⟧ rgroup ⟯ urcorner ⌝ lrcorner ⌟ rvert | rVert ‖ rbrbrak ⟧ rAngle ⟫ rrangle ⟫ Rangle ⟫",
    ),
];

/// Function names that print themselves.
pub(super) const FUNCTIONS: &str = "arccos arcsin arctan arg argmax argmin cos cosh cot coth csc deg det diag dim erf exp gcd hom inf \
                         ker lcm lg lim ln log max min poly polylog Pr rank sec sgn sign sin sinh sup supp tan tanh tr Tr \
                         arccot arcsinh arccosh arctanh sech csch Res rk Var Cov \
                         arcosh arsinh artanh sinc trace Trace codim coker Hom Aut Gal Ext Tor Spec";

/// Function names that print something else, with what they print.
pub(super) const NAMED_FUNCTIONS: &[(&str, &str)] = &[
    ("liminf varliminf", "lim inf"),
    ("limsup varlimsup", "lim sup"),
    ("injlim varinjlim", "inj lim"),
    ("projlim varprojlim", "proj lim"),
];
