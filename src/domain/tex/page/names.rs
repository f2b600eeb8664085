//! Names of commands that tell what page text lost. Data only.

/// Command names that are symbols when they stand alone in braces, in scripts, or after `^`.
pub(super) const SYMBOLS: [(&str, &str); 18] = [
    ("times", "×"),
    ("to", "→"),
    ("circ", "∘"),
    ("cdot", "·"),
    ("leq", "≤"),
    ("geq", "≥"),
    ("neq", "≠"),
    ("sim", "∼"),
    ("approx", "≈"),
    ("pm", "±"),
    ("infty", "∞"),
    ("top", "ᵀ"),
    ("star", "⋆"),
    ("ast", "*"),
    ("prime", "′"),
    ("dagger", "†"),
    ("subseteq", "⊆"),
    ("perp", "⊥"),
];

/// Names of type sizes and styles that are no English words.
pub(super) const SIZES: &str = "scriptsize footnotesize normalsize displaystyle textstyle scriptstyle scriptscriptstyle bfseries itshape ttfamily scshape sffamily \
                     rmfamily";

/// Names that are symbols directly before a bracket, a script or a comma in a text with other formulas.
pub(super) const GREEK: [(&str, &str); 30] = [
    ("Omega", "Ω"),
    ("Theta", "Θ"),
    ("Phi", "Φ"),
    ("Psi", "Ψ"),
    ("Gamma", "Γ"),
    ("Delta", "Δ"),
    ("Lambda", "Λ"),
    ("Sigma", "Σ"),
    ("lambda", "λ"),
    ("alpha", "α"),
    ("delta", "δ"),
    ("sigma", "σ"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("theta", "θ"),
    ("kappa", "κ"),
    ("tau", "τ"),
    ("rho", "ρ"),
    ("omega", "ω"),
    ("phi", "ϕ"),
    ("psi", "ψ"),
    ("eta", "η"),
    ("mu", "μ"),
    ("xi", "ξ"),
    ("pi", "π"),
    ("nu", "ν"),
    ("chi", "χ"),
    ("zeta", "ζ"),
    ("Pi", "Π"),
    ("Xi", "Ξ"),
];

/// Letters whose names are no words, so that they have rules of their own.
const VARIANTS: [(&str, &str); 5] =
    [("epsilon", "ϵ"), ("varepsilon", "ε"), ("ell", "ℓ"), ("varphi", "φ"), ("vartheta", "ϑ")];

/// The letter that a name is.
pub(super) fn symbol(word: &str) -> Option<&'static str> {
    GREEK.iter().chain(&VARIANTS).find(|(name, _)| *name == word).map(|(_, symbol)| *symbol)
}

/// Names that are no English words and no parts of any, with what they are joined with. A name that ends in another one stands before it.
pub(super) const CERTAIN: &str = "leftrightarrow rightleftharpoons longrightarrow hookrightarrow longleftarrow rightarrow leftarrow ightarrow eftarrow \
                                  Longleftrightarrow longleftrightarrow Leftrightarrow Longrightarrow Longleftarrow Rightarrow Leftarrow longmapsto mapsto \
                                  updownarrow uparrow downarrow Uparrow Downarrow nearrow searrow subsetneq nsubseteq sqsubseteq subseteq supseteq \
                                  lesssim gtrsim approxeq preceq succeq leqslant geqslant leqq geqq nleq ngeq leq geq neq simeq propto varpropto \
                                  otimes oplus ominus odot setminus cdots cdot ldots notin nabla infty varnothing emptyset hbar forall \
                                  varphi vartheta varrho varsigma varpi langle rangle lceil rceil lfloor rfloor \
                                  lVert rVert lvert rvert";
