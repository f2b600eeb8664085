//! Tests of page text: what is repaired, what stays a word, and what a text without remains costs.

use std::borrow::Cow;

use proptest::prelude::*;

use super::{earlier, repair_with, repaired, scan};
use crate::domain::markup::Markup;
use crate::domain::tex::render;

fn assert_rendered(cases: &[(&str, &str)]) {
    for (input, expected) in cases {
        assert_eq!(render(input, Markup::Page), *expected, "{input}");
    }
}

#[test]
fn commands_that_lost_their_backslashes_are_read() {
    assert_rendered(&[
        ("textbf{Kites} textit{fly} texttt{high} emph{here}", "Kites fly high here"),
        ("Evotextbf{Lved} textsc{Foo}Bar, mbox{Image}Net, 5textsuperscript{th}", "EvoLved FooBar, ImageNet, 5ᵗʰ"),
        ("mathcal{L}_{text{KL}}, L_{mathrm{CE}}, operatorname{softmax}, boldsymbol{theta}", "ℒ_KL, L_CE, softmax, θ"),
        ("mathbf{x_1}, mathcal{L}_1, boldsymbol{theta}_1, mathbf{in}", "𝐱₁, ℒ₁, θ₁, 𝐢𝐧"),
        ("hat{y}, tilde{theta}, hat{mathbf{x}}, bar{Y}_i", "ŷ, θ̃, 𝐱̂, Ȳ_i"),
        ("binom{n}{k}, overset{a}{=}, textcolor{red}{foo}, xrightarrow{f}", "(n choose k), =ᵃ, foo, →ᶠ"),
        (
            "Kites~cite{abel2016kites}, (ASPP)cite{Deep2}, Fig. ref{one}",
            "Kites [abel2016kites], (ASPP)[Deep2], Fig. [one]",
        ),
        ("kitesfootnote{url{https://a.org/x_y}}.", "kites (https://a.org/x_y)."),
        (
            "{scriptsize Kites}, scriptsize{K}ites, footnotesizeKites, textbf{scriptsize Kites}",
            "Kites, Kites, Kites, Kites",
        ),
    ]);
}

#[test]
fn roots_and_fractions_keep_their_meaning_on_one_line() {
    assert_rendered(&[
        ("sqrt{n}, 1/sqrt{d_k}, sqrt{a+b}, sqrt{alpha}, sqrt[3]{n}", "√n, 1/√d_k, √(a+b), √α, ∛n"),
        ("frac{1}{epsilon^2}, hat{epsilon}, x_{scriptsize max}", "1/ϵ², ϵ̂, xₘₐₓ"),
        ("sqrt{n}^3, sqrt{n}x, O(sqrt{T log T}), tilde{O}(sqrt{n})", "(√n)³, √(n)x, O(√(T log T)), Õ(√n)"),
        ("frac{1}{2}, frac{n}{k}, frac{a+b}{2}, frac{n}{ab}, frac{d_k}{n}", "1/2, n/k, (a+b)/2, n/(ab), d_k/n"),
        ("2frac{1}{3}, frac{1}{2}x, frac{1}{2}^n, frac12D", "2(1/3), (1/2)x, (1/2)ⁿ, (1/2)D"),
        ("frac{sqrt{n}}{log n}, frac{1}{sqrt{d_k}}, frac{partial f}{partial x}", "√n/(log n), 1/√d_k, ∂f/∂x"),
        ("textbf{frac{1}{2}}, x^{frac{1}{2}}, text{length}{3}", "1/2, x^(1/2), length/3"),
    ]);
}

#[test]
fn a_command_may_have_lost_its_first_letter() {
    assert_rendered(&[
        ("a extbf{set} of extit{kites} exttt{fly}, mph{here}, ext{CNN}", "a set of kites fly, here, CNN"),
        ("athrm{KL}, athcal{O}(n), oldsymbol{ heta}, rac{1}{2}, qrt{n}, ar{Y}", "KL, 𝒪(n), θ, 1/2, √n, Ȳ"),
        (
            "kitesootnote{here}. extbf{2}oldsymbol{ imes} more, Fig. ef{one}, a ightarrow b",
            "kites (here). 2× more, Fig. [one], a → b",
        ),
    ]);
}

#[test]
fn a_backslash_that_is_there_belongs_to_its_command() {
    assert_rendered(&[
        ("\\emph{x} and \\\\emph{y}, \\textbf{frac{1}{2}}, \\text{it works}", "x and y, 1/2, it works"),
        ("\\url{https://a.org/x_y}, \\href{https://a.org/x_y}{a_b}", "https://a.org/x_y, a_b (https://a.org/x_y)"),
        ("at \\href{https://a.org/x_y{the page}}.", "at the page (https://a.org/x_y)."),
        ("at \\footnotesizeblue{https://a.org/x_y}, \\proj{x}", "at https://a.org/x_y, \\proj{x}"),
        ("$\\text{in } R$, $x in {0,1}$, $alpha leq beta$", "in R, x ∈ {0,1}, α ≤ β"),
    ]);
}

#[test]
fn symbols_are_spaced_as_they_were_typed() {
    assert_rendered(&[
        ("lambda_2propto d, eta_2propto d^{-1}, λcdot k, n cdot T", "λ₂ ∝ d, η₂ ∝ d⁻¹, λ·k, n · T"),
        ("10% rightarrow 20%, 3.4rightarrow3.7, z_{t}rightarrow z_{0}", "10% → 20%, 3.4→3.7, zₜ → z₀"),
        ("x leq y, n geq 3, a neq b, leq 5, +2%uparrow and", "x ≤ y, n ≥ 3, a ≠ b, ≤5, +2%↑ and"),
        ("5 times 7, n times d, N times (K + 1), 64 times 64 times 3", "5×7, n×d, N×(K + 1), 64×64×3"),
        ("langle P_u, B rangle, lceil x rceil, h=varnothing", "⟨P_u, B⟩, ⌈x⌉, h=∅"),
        (
            "72.1 pm 0.4, A cup B, X subset Y, x in mathbb{R}^n, y in {0,1}^n",
            "72.1 ± 0.4, A ∪ B, X ⊂ Y, x ∈ ℝⁿ, y ∈ {0,1}ⁿ",
        ),
        ("A Rightarrow B, Leftarrow, a leftrightarrow b, a longmapsto b", "A ⇒ B, ⇐, a ↔ b, a ⟼ b"),
        ("nabla^2DFT, forall x", "∇²DFT, ∀ x"),
        (
            "sum_{i=1}^n x_i, prod_{i} p_i, int_0^1 f, a sum of int values",
            "∑ᵢ₌₁ⁿ x_i, ∏ᵢ p_i, ∫₀¹ f, a sum of int values",
        ),
        ("as n to infty, (p to -infty), up to infty, 72.1pm0.4", "as n → ∞, (p → -∞), up to ∞, 72.1±0.4"),
        ("360^circtimes180^circ, bf{Kites} and it{fly}", "360°×180°, Kites and fly"),
    ]);
}

#[test]
fn greek_names_are_symbols_in_formulas_alone() {
    assert_rendered(&[
        ("alpha = 0.5, lambda > 0, delta in (0, 1), tau=0.8", "α = 0.5, λ > 0, δ ∈ (0, 1), τ=0.8"),
        ("pi_theta, pi_{theta}, pi_0, mu_1, sigma_x", "π_θ, π_θ, π₀, μ₁, σ_x"),
        ("1 - delta, 1/alpha, O(log(1/delta)/T), alpha^2", "1 - δ, 1/α, O(log(1/δ)/T), α²"),
        ("the alpha version, Delta Air Lines, beta testers", "the alpha version, Delta Air Lines, beta testers"),
        (
            "alpha-beta pruning, alpha_init, mu_ev, Z3alpha, pi_0.5",
            "alpha-beta pruning, alpha_init, mu_ev, Z3alpha, π_0.5",
        ),
    ]);
}

#[test]
fn numbers_are_lowered_in_chemical_formulas() {
    assert_rendered(&[
        ("CO_2, TiO_2, Sr_2RuO_4, C_2H_4, Fe_2O_3, H_2O", "CO₂, TiO₂, Sr₂RuO₄, C₂H₄, Fe₂O₃, H₂O"),
        ("GPT_4, NO_x, CO_2_flux, Table_1, No_1", "GPT_4, NO_x, CO_2_flux, Table_1, No_1"),
    ]);
}

#[test]
fn commands_may_have_lost_their_braces_too() {
    assert_rendered(&[
        ("textbfFoo and textitlinearly, textscBest-Set, mathrmgap", "Foo and linearly, Best-Set, gap"),
        ("mathcalL, mathbbR^n, mathcalO(n), mathcalH_1, mathbfx-mathbfx", "ℒ, ℝⁿ, 𝒪(n), ℋ₁, 𝐱-𝐱"),
        ("tfrac12, dfrac34x, operatorname*{argmax}_x f, cite*{kites2}", "1/2, (3/4)x, argmaxₓ f, [kites2]"),
        ("left{ x right}, minleft{a,b right}, lVert x rVert_2", "{ x }, min{a,b }, ‖x‖₂"),
        ("leftlVert x rightrVert, biglangle x bigrangle, lvert x rvert", "‖x‖, ⟨x⟩, |x|"),
        ("ket{psi}, bra{0}, braket{phi|psi}, norm{x}, a market{x}", "|ψ⟩, ⟨0|, ⟨ϕ|ψ⟩, ‖x‖, a market{x}"),
    ]);
}

#[test]
fn lists_of_symbols_are_formulas() {
    assert_rendered(&[
        ("N(mu, sigma^2), N(mu, Sigma), V(s; theta), Q(lambda)", "N(μ, σ²), N(μ, Σ), V(s; θ), Q(λ)"),
        ("with x^2 (alpha, beta), (mu, nu)", "with x² (α, β), (μ, ν)"),
        ("x sim y, z sim N(0, 1), x_t sim mathcal{N}", "x ∼ y, z ∼ N(0, 1), x_t ∼ 𝒩"),
        ("3 pm 1, 20 pm 3%, prod_i p_i, sum_k w_k", "3 ± 1, 20 ± 3%, ∏ᵢ p_i, ∑ₖ w_k"),
    ]);
    for text in [
        "two stages (alpha, beta), TD(lambda), f(xi), an f (alpha) x, a sim counterpart, A sim to real, sum_total, int_x, prod_id",
        "at 4 pm 20, from 3 pm 5, mathematics, textbooks and textiles, mathcal and textit, market{x}",
    ] {
        assert_eq!(render(text, Markup::Page), text);
    }
}

#[test]
fn sets_keep_their_braces() {
    for text in [
        "Qwen3-{1.7B, 4B} over {-1, 0, 1}, X = {x, y, ..., z}, S={a,b}, English→{German,French}, min{a,b}",
        "models into {taxonomy, condition}, {1, . . . , n}, {1 ... n}, {x | x > 0}, and {a, {b, c}}",
        "the pair ({8B,70B}, {1,2})",
    ] {
        assert_eq!(render(text, Markup::Page), text);
    }
    assert_rendered(&[
        (
            "over the domain {0,1}^n, X = {x_1, ..., x_n}, ${0,1}^n$",
            "over the domain {0,1}ⁿ, X = {x₁, ..., x_n}, {0,1}ⁿ",
        ),
        (
            "{As we see it here, kites fly.} So {kites, and so on}",
            "As we see it here, kites fly. So {kites, and so on}",
        ),
        ("{\\it i.e.,} so, ${\\alpha, \\beta}$, 10{,}000, $[ {0.3,0.9} ]$", "i.e., so, α, β, 10,000, [0.3,0.9]"),
        ("\\textcolor[rgb]{0.1,0.2}{Code, and}, \\textcolor{red}{a, b}, textbf{a, b}", "Code, and, a, b, a, b"),
    ]);
}

#[test]
fn braces_are_parts_of_addresses() {
    for text in [
        "https://huggingface.co/{user}/{model}, https://a.org/frac{1}{2}, a.b/c_d^2. https://a.org/x{y}z",
        "at https://api.a.org/v1/{paper_id}, hf://a/b--c_d^2, bit.ly/a--b_c^d",
    ] {
        assert_eq!(render(text, Markup::Page), text);
    }
    assert_rendered(&[
        (
            "https://a.org/x/{here}, https://a.org/{github.com/a}.",
            "here (https://a.org/x/), github.com/a (https://a.org/).",
        ),
        ("https://a.org/x{code}, at github.com/a/b{Kites}", "code (https://a.org/x), at Kites (github.com/a/b)"),
    ]);
}

/// English words, names, money, addresses, and groups that are never closed.
#[test]
fn everything_else_stays_as_it_is() {
    for text in [
        "the text of a frac, times change, a circle, section and emph alone, a hat, bar and dot, the sqrt of x, in scriptsize",
        "10 times faster, 3 times a day, at 4 pm 20 people, a cup I know, a subset of them, in [12], sim-to-real",
        "Godot, Ineq, quadrangle, triangle, entangle, surplus, overall, light, sometimes, pipelines",
        "that{x}, chat{bot}, excite{it}, frac{1}, textcolor{red}, max{p,n}, sqrt(n)",
        "100$/month, $5, $5 and $6",
        "http://a.org/a_{b}/c and https://a.org/a^{b}",
        "https://a.org/~x/y_z^2, (https://a.org/b^2). github.com/a/b_c^2, www.a.org/x_textbf",
        "write to foo_bar^2~x@example.org, doi 10.1000/a_b^c~d--e, https://doi.org/10.1000/a_b^c",
        "textbf{never closed and frac{1 and mathrm{x and sqrt{",
    ] {
        assert_eq!(render(text, Markup::Page), text);
    }
}

#[test]
fn prose_is_only_scanned() {
    for text in [
        "We show that 20 times more kites, online and offline, are light in the single pipeline of April.",
        "A subset of the overall baseline (the right one), 3 cups; a text on circles, sections and the normalization of matchings",
        "https://a.org/x and 10.1000/a",
    ] {
        assert!(matches!(repaired(text), Cow::Borrowed(_)), "{text}");
        assert_eq!(repair_with(text, false), text);
    }
}

#[test]
fn titles_read_as_they_did_where_their_first_keys_are_made() {
    for (text, expected) in [
        ("Dual texttt{H}eads, mathcal{O}(n), mathcal{KL}", "Dual texttt{H}eads, 𝒪(n), mathcal\\{KL\\}"),
        ("frac{1}{2} rightarrow leq 5, tilde{O}(n) times x", "frac{1}{2} rightarrow ≤5, O\u{303}(n) times x"),
        ("pi_theta, lambda_2, tau=0.5, alpha_init, alpha^2, pi^3", "pi_theta, λ₂, tau=0.5, alpha_init, α^2, pi^3"),
        ("64 times 64 nabla^2, scriptsizeF, CO_2", "64 times 64 nabla^2, scriptsizeF, CO₂"),
    ] {
        assert_eq!(earlier(text).as_deref(), Some(expected), "{text}");
    }
    assert_eq!(earlier("A title of words"), None);
}

/// Nesting and repetition far beyond any formula take time in proportion to the length of the text.
#[test]
fn nested_commands_are_linear() {
    for unit in [
        "sqrt{",
        "frac{1}{",
        "textbf{",
        "mathcal{",
        "xcite{",
        "hat{",
        "frac{",
        "footnote{",
        "a.",
        "a@b.",
        "sum_{",
        "{10.1000/(",
        "a@",
        "$alpha {",
        "x in {",
    ] {
        for closing in ["", "}"] {
            let text = format!("{}x{}", unit.repeat(20_000), closing.repeat(20_000));
            assert!(render(&text, Markup::Page).len() <= 4 * text.len(), "{unit}");
        }
    }
}

proptest! {
    /// Where the scan finds nothing, no rule changes anything.
    #[test]
    fn the_scan_misses_nothing(parts in proptest::collection::vec(proptest::sample::select(vec![
        " ", " ", " ", "(", ")", "[", "]", ",", ".", "|", "=", "-", "/", "1", "20", "0.5", "x", "R", "of", "10.1000/a", "https://a.org/",
        "times", "sim", "approx", "leq", "geq", "neq", "ll", "gg", "subseteq", "epsilon", "infty", "ell", "Omega", "alpha", "mu", "pi", "lambda",
        "left", "right", "Obig", "big", "in", "Min", "mathcal O", "tilde O(", "hat", "rightarrow", "cdot", "frac", "sqrt", "scriptsizeF", "pm",
        "cup", "subset", "nabla", "langle", "textbf", "CO", "imes", "ightarrow", "A", "propto",
    ]), 0..24)) {
        let text = parts.concat();
        if !scan::may_need_repair(&text) {
            prop_assert_eq!(repair_with(&text, false), text);
        }
    }
}
