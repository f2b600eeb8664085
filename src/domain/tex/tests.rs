//! Tests of rendering: cases of the fixture, properties, and hostile input.

use super::*;
use crate::domain::identity::title_key;
use proptest::prelude::*;

/// Columns: id, mode, input, expected, note.
const CASES: &str = include_str!("../../../tests/fixtures/latex_cases.tsv");

fn rendered(mode: &str, input: &str) -> Option<String> {
    Some(match mode {
        "tex" => render(input, Markup::Tex),
        "hf" => render(input, Markup::Page),
        "key" => title_key(input, Markup::Tex),
        _ => return None,
    })
}

#[test]
fn cases_of_the_fixture() {
    let mut failures = Vec::new();
    let mut count = 0;
    for line in CASES.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [id, mode, input, expected, ..] = columns[..] else { panic!("a short line: {line}") };
        let Some(actual) = rendered(mode, input) else { continue };
        count += 1;
        if actual != expected {
            failures.push(format!("{id}: {input}\n  expected {expected}\n  rendered {actual}"));
        }
    }
    assert!(count > 90);
    assert!(failures.is_empty(), "{} of {count} fail:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn formulas_keep_their_meaning_on_one_line() {
    for (input, expected) in [
        ("$\\frac{1}{2}x$, $2\\frac{1}{3}$, $\\log\\frac{1}{\\delta}$", "(1/2)x, 2(1/3), log(1/δ)"),
        ("$\\frac{\\partial f}{\\partial x}$, $\\frac{1}{\\sqrt{n}}$, $\\frac{\\log n}{n}$", "∂f/∂x, 1/√n, (log n)/n"),
        ("${n \\choose k}$, $\\binom{n}{k}$, ${a+1 \\over b}$", "(n choose k), (n choose k), (a+1)/b"),
        ("$\\sqrt{n}x$, $\\sqrt[n]{x+1}$, $\\sqrt{n}^3$", "√(n)x, ⁿ√(x+1), (√n)³"),
        ("$x_{i,j}$, $D_{KL}$, $x^{(k)}$, $L_\\infty$, $x^{1.5}$", "x_(i,j), D_KL, x⁽ᵏ⁾, L_∞, x^(1.5)"),
        ("$x'$, $f''(x)$, $90^\\circ$C, $A^T$, $W^{**}$", "x′, f″(x), 90°C, Aᵀ, W**"),
        ("$5 \\pm 0.1$, $5\\pm 0.1$, $\\pm 1$, $a + b$, $x = -1$", "5 ± 0.1, 5±0.1, ±1, a + b, x = -1"),
        ("$\\geq 5$, $a\\leq b$, $(\\sim 3)$, $f: X \\to Y$, A$\\to$B", "≥5, a ≤ b, (∼3), f: X → Y, A→B"),
        ("$\\lim_{n\\to\\infty} a_n$, $\\max_{a \\in A} Q$", "lim_(n→∞) aₙ, max_(a∈A) Q"),
        ("$a\\not=b$, $x\\not\\in A$, $A\\not\\subset B$", "a ≠ b, x ∉ A, A ⊄ B"),
        ("$\\left. x \\right|_{0}$, $\\left\\langle u \\right\\rangle$, $\\lceil x \\rceil$", "x|₀, ⟨u⟩, ⌈x⌉"),
        ("$\\begin{pmatrix}a & b\\\\ c & d\\end{pmatrix}$", "(a b; c d)"),
        ("$\\operatorname*{arg\\,max}_x f$, $\\underset{x}{\\min} f$, $\\stackrel{d}{=}$", "arg maxₓ f, minₓ f, =ᵈ"),
        ("$\\mathbb 1$, $\\mathfrak{g}$, ${\\cal O}(n)$, $\\bm{\\mu}$, $\\mathscr{F}$", "𝟙, 𝔤, 𝒪(n), 𝛍, ℱ"),
        ("$x_{i_j}$, ${a+b}^2$, $\\underbrace{a+b}_{c}$", "x_(iⱼ), (a+b)², (a+b)_c"),
        ("$\\text{if $x$ is}\\ 1$", "if x is 1"),
        ("$\\frac{d}{dx}$, $\\frac{dy}{dx}$, $\\frac{d^2y}{dx^2}$, $\\frac{d}{dx}f$", "d/dx, dy/dx, d²y/dx², (d/dx)f"),
        (
            "$\\frac{\\mathrm{d}y}{\\mathrm{d}t}$, $\\frac{\\delta S}{\\delta\\phi}$, $\\frac{a}{dx}$",
            "dy/dt, δS/δϕ, a/(dx)",
        ),
        ("$f\\colon X\\to Y$, $f \\colon X$, $x_{a\\colon b}$, $a:b$", "f: X → Y, f: X, x_(a:b), a:b"),
        ("$\\sideset{}{'}\\sum_n a$, $\\sideset{_a^b}{^c}\\prod x$", "∑′ₙ a, ₐᵇ∏ᶜx"),
    ] {
        assert_eq!(render(input, Markup::Tex), expected, "{input}");
    }
}

#[test]
fn formulas_are_spaced_as_tex_spaces_them() {
    for (input, expected) in [
        ("$\\left\\lVert A \\right\\rVert$, $\\left( x \\right)$, $\\left| a \\right|$", "‖A‖, (x), |a|"),
        ("$\\bigl[ 0, 1 \\bigr]$, $\\{ x \\}$, $( a, b )$, $f (x)$, $\\log (n)$", "[0, 1], {x}, (a, b), f(x), log(n)"),
        ("$x \\quad (y)$, $f\\,(x)$, $a = (b)$, $a \\in (0,1)$", "x (y), f (x), a = (b), a ∈ (0,1)"),
        ("$| x | < 1$, $\\| A - B \\|_F \\leq 1$, $p(x | y)$", "|x| < 1, ‖A - B‖_F ≤ 1, p(x | y)"),
        ("$\\langle \\phi | \\psi \\rangle$, $\\left\\langle a \\middle| b \\right\\rangle$", "⟨ϕ|ψ⟩, ⟨a|b⟩"),
        ("$p(a | b, c | d)$, $\\{ x | |x| < 1 \\}$", "p(a | b, c | d), {x | |x| < 1}"),
        ("$k_BT$, $k_{BT}$, $k_{B}T$, k_{B}T, $x_iy$, $A^QB$", "k_B T, k_BT, k_B T, k_B T, xᵢy, A^Q B"),
        ("$\\frac{k_BT}{2}$, $e^{-E/k_BT}$, $W_Q(x)$", "k_B T/2, e^(-E/k_B T), W_Q(x)"),
        (
            "$f'$, $f''$, $f'''$, $f^{\\prime\\prime}$, $f^{\\prime\\prime\\prime}$, $f^\\prime$",
            "f′, f″, f‴, f″, f‴, f′",
        ),
        ("$\\not\\!\\!E_T$, $\\not{E}$, $\\not \\in$, $E\\!\\!\\!/_T$", "E̸_T, E̸, ∉, E̸_T"),
        ("$\\cancel{x}$, $\\slashed{E}_T$, $\\slashed D$, $\\cancel{x+1}$", "x̸, E̸_T, D̸, x̸+1̸"),
        ("$\\boldsymbol\\theta$, $\\mathbf{\\Sigma}$, $\\bm{\\nabla}$, $\\mathbf{x}_\\alpha$", "𝛉, 𝚺, 𝛁, 𝐱_α"),
        ("$\\begin{bmatrix} a & b \\\\ c & d \\end{bmatrix}$, $\\begin{vmatrix} a \\end{vmatrix}$", "[a b; c d], |a|"),
        ("$a \\lneqq b$, $a \\gtreqless b$, $A \\mapsfrom B$, $\\upmu$, $\\xmapsto{f}$", "a ≨ b, a ⋛ b, A ↤ B, μ, ↦ᶠ"),
        ("$\\widebar{x}$, $\\Tilde{O}$, $\\mathopen{(} x$, $x = 1 \\tag{2}$", "x̄, Õ, (x, x = 1 (2)"),
        ("$\\varliminf_n x_n$, $\\varlimsup$, $\\injlim$", "lim infₙ xₙ, lim sup, inj lim"),
    ] {
        assert_eq!(render(input, Markup::Tex), expected, "{input}");
    }
}

#[test]
fn text_keeps_every_word() {
    for (input, expected) in [
        ("\\model{} and \\model, \\foo {a b}", "model and model, foo a b"),
        ("\\v{c} \\c c \\^\\i, \\t{oo}, {\\O}z, \\'{\\^e}, \\~{}x", "č ç î, o͡o, Øz, ế, ~x"),
        ("\\alpha-stable, 64 \\times 64, O(n\\log n), \\mathbfθ, \\alpha_1", "α-stable, 64×64, O(n log n), 𝛉, α₁"),
        ("~3x, 1M~60M, by~\\cite[p. 3]{a,b}, Fig.~\\ref{f}, \\eqref{e}", "~3x, 1M~60M, by [a,b, p. 3], Fig. [f], (e)"),
        (
            "\\href{https://a.org/x_y}{the page}, \\href{https://a.org}{https://a.org}",
            "the page (https://a.org/x_y), https://a.org",
        ),
        ("see `https://x.org/a_b--c~d', github.com/a/b--c.", "see ‘https://x.org/a_b--c~d’, github.com/a/b--c."),
        ("``a `b' c'', the '90s, 5'' and `id", "“a ‘b’ c”, the '90s, 5'' and `id"),
        ("5\\textsuperscript{th}, CO\\textsubscript{2}, 10^8, K^{2/3}", "5ᵗʰ, CO₂, 10⁸, K^(2/3)"),
        ("\\begin{itemize}\\item one\\item two\\end{itemize}", "• one • two"),
        ("---, ----, -- x, (--fast), x-->y", "—, ----, – x, (--fast), x-->y"),
        ("a\\\\[2pt]b, i.i.d.\\ c, \\5 and \\label{x}d", "a b, i.i.d. c, \\5 and d"),
        ("\\begin{theorem}T\\end{theorem}", "theorem T"),
    ] {
        assert_eq!(render(input, Markup::Tex), expected, "{input}");
    }
}

#[test]
fn unknown_commands_with_arguments_stay_as_they_came() {
    for (input, expected) in [
        ("\\proj{X}, \\foo{a b}", "\\proj{X}, \\foo{a b}"),
        ("$\\foo{x}+1$, $\\foo+1$", "\\foo{x}+1, foo+1"),
        ("\\foo[1]{x}{y--z}--\\foo*{$x$}", "\\foo[1]{x}{y--z}–\\foo*{$x$}"),
        ("\\foo{\\alpha", "fooα"),
        ("\\foo[1] and \\foo{} and \\foo", "foo[1] and foo and foo"),
    ] {
        assert_eq!(render(input, Markup::Tex), expected, "{input}");
    }
}

#[test]
fn text_commands_read_as_printed() {
    for (input, expected) in [
        ("\\textsc{Foo}\\xspace is, \\foo{}\\xspace, {Foo\\xspace} is, a\\xspace.", "Foo is, foo, Foo is, a."),
        ("\\textrightarrow{} \\textperthousand, \\textcelsius, \\textohm, \\textmu m", "→ ‰, ℃, Ω, µm"),
        ("B\\h{a}o, \\textcommabelow{s}tefan, Ng\\^{o}, \\ohorn, \\'{\\ohorn}, \\d{\\^e}", "Bảo, ștefan, Ngô, ơ, ớ, ệ"),
        ("{\\\" u}, \\' e, Petojevi\\' c, V\\' azquez, \\' {e}", "ü, é, Petojević, Vázquez, é"),
        ("et al.\\. No, et al\\. Here, the dogs\\' tails", "et al.. No, et al. Here, the dogs' tails"),
        (",,low``, (,,low'') and a,,b, ``,,x''", "„low“, („low”) and a,,b, “„x”"),
        ("\\smash{$\\widehat{f}$}, \\smash[b]{$$x$$}, \\overline{$x$}, \\underbrace{a $x^2$}", "f̂, x, x̅, a x²"),
        ("\\ifmmode \\check{D}\\else \\v{D}\\fi{}urik, $\\ifmmode a\\else b\\fi c$, \\ifmmode a\\fi b", "Ďurik, ac, b"),
        ("\\makebox[2cm]{m}, \\framebox[1cm][l]{f}, \\raisebox{1pt}[2pt]{r}, \\mbox{m}", "m, f, r, m"),
        ("a\\linebreak[4]b, a\\nolinebreak[4]b, a\\pagebreak[3] b", "a b, ab, a b"),
        (
            "a\\kern 2pt b, a\\kern-.1em b, a\\hskip 1em plus 1fil b, a\\hspace*{1cm}b, a\\hspace{-1pt}b",
            "a b, ab, a b, a b, ab",
        ),
        ("\\hbox to 3cm{x}, \\hbox{to x}, $a\\hbox{ b}$, 0\\rlap{.}5", "x, to x, a b, 0.5"),
        ("5\\textdegree C, 5\\degree C, 7 $%$ more, $\\qty(x)$", "5°C, 5°C, 7 % more, (x)"),
        ("\\raise.5ex\\hbox{x}, $a\\kern 2pt b$, $a\\mkern-3mu b$", "x, a b, ab"),
        ("\\lq\\lq hi\\rq\\rq, \\lq a\\rq", "“hi”, ‘a’"),
        ("see \\nocite{q}this, see \\index{a}this, see\\label{x} this", "see this, see this, see this"),
        ("\\verb|x_1|, \\verb+$a{+, \\verb*!~!, $\\verb|x|$, \\verb, \\verb|a", "x_1, $a{, ~, x, , |a"),
        ("3\\farcs2, 0\\farcm5, 2\\arcmin, 5\\fdg3, 5\\arcsec{} and 3\\micron", "3.″2, 0.′5, 2′, 5.°3, 5″ and 3μm"),
        ("\\texorpdfstring{$\\alpha$}{alpha}-stable", "α-stable"),
    ] {
        assert_eq!(render(input, Markup::Tex), expected, "{input}");
    }
}

#[test]
fn addresses_are_never_touched() {
    for text in [
        "https://a.b/x{y}z, bit.ly/a--b_c^d~e, doi:10.1000/a--b, 10.1000/a--b, (10.1000/a_b^c~d''e), a.b/c_d^2",
        "write to a--b_c^d@example.org, s3://a/b--c, localhost.local:80/a--b, https://a.org/{user}/x--y",
    ] {
        assert_eq!(render(text, Markup::Tex), text);
        assert_eq!(render(text, Markup::Page), text);
    }
    for (input, expected) in [
        (
            "10.1000/a\\_b--c, {https://a.org/x}y, http://a.org{} is",
            "10.1000/a_b--c, https://a.org/xy, http://a.org is",
        ),
        ("and/or--x, 1.5/n^2, \\texttt{https://a.org/a--b}", "and/or–x, 1.5/n², https://a.org/a--b"),
    ] {
        assert_eq!(render(input, Markup::Tex), expected, "{input}");
    }
}

#[test]
fn pages_are_repaired_only_where_formulas_were() {
    for (input, expected) in [
        ("an Omega(log n) bound", "an Ω(log n) bound"),
        ("Min R^{mtimes n} and M^* in R^{n_1 times n_2}", "M ∈ R^(m×n) and M* ∈ R^(n₁×n₂)"),
        ("exp (-Omega(alpha^2 T)) where alpha is small", "exp (-Ω(α² T)) where α is small"),
        ("C_{Phicirc Psi}, lambda_{min}, ell_1-loss, N^{delta}", "C_(Φ∘Ψ), λₘᵢₙ, ℓ₁-loss, Nᵟ"),
        ("rank r ll min{n_1,n_2}, x^2", "rank r ≪ min{n₁,n₂}, x²"),
        ("geq 5 layers, at sim3 hours (sim5%)", "≥5 layers, at ∼3 hours (∼5%)"),
        ("tilde Omega(T), widetilde O(k^2)", "Ω̃(T), Õ(k²)"),
        ("proposing \\50, at https://a.org/b_1{this url}.", "proposing $50, at this url (https://a.org/b_1)."),
        ("with left(a right) and turn right)", "with (a ) and turn right)"),
        // words, names and code
        (
            "Phi-3 and (Llama, Phi) run 10 times, PixArt-alpha, 2times",
            "Phi-3 and (Llama, Phi) run 10 times, PixArt-alpha, 2×",
        ),
        (
            "DeltaNet, lambda functions, muP, alpha_init, results in R, x^2",
            "DeltaNet, lambda functions, muP, alpha_init, results in R, x²",
        ),
        ("an increase in R^2 on top (left or right)", "an increase in R² on top (left or right)"),
        ("simple timeshare, similar to approximate in time", "simple timeshare, similar to approximate in time"),
    ] {
        assert_eq!(render(input, Markup::Page), expected, "{input}");
    }
}

#[test]
fn plain_text_is_shown_as_it_is() {
    assert_eq!(render(" $x$  {a}\n--b ", Markup::Plain), "$x$ {a} --b");
    assert_eq!(render("o\u{308}", Markup::Summary), "ö");
}

#[test]
fn paragraphs_begin_at_an_empty_or_indented_line() {
    let all = |text: &str| paragraphs(text).collect::<Vec<_>>();
    assert_eq!(all("  One\n two\r\n  Three  x\n\n \nFour"), ["One two", "Three x", "Four"]);
    assert!(all(" \n\n").is_empty());
}

/// Nesting and repetition far beyond any formula: nothing panics, grows without bound or overflows the stack.
#[test]
fn extreme_nesting_is_survived() {
    for unit in [
        "{",
        "$",
        "\\frac",
        "^{",
        "\\'{",
        "\\hat{",
        "$\\sqrt[",
        "\\left",
        "\\footnote{",
        "mathcal{",
        "`",
        "\\over{",
        "\\text{$",
        "\\ce{",
        "\\SI{1}{",
        "\\expval{a}{",
        "\\ifmmode",
        "\\verb",
        "\\kern1pt",
        "\\foo{",
    ] {
        for closing in ["", "}"] {
            let text = format!("{}x{}", unit.repeat(20_000), closing.repeat(20_000));
            for markup in [Markup::Tex, Markup::Page] {
                assert!(render(&text, markup).len() <= 4 * text.len(), "{unit}");
            }
        }
    }
    let deep = format!("${}x{}$", "\\sqrt{".repeat(100), "}".repeat(100));
    assert!(render(&deep, Markup::Tex).contains("\\sqrt{x}"));
}

proptest! {
    #[test]
    fn nothing_panics(parts in proptest::collection::vec(proptest::sample::select(vec![
        "\\", "{", "}", "$", "$$", "^", "_", "~", "`", "'", "''", "--", "[", "]", "(", ")", " ", "\n", "a", "B", "7", "é", "\u{301}", "θ", "&", "%",
        "\\frac", "\\sqrt", "\\hat", "\\left", "\\over", "\\not", "\\text", "\\begin{cases}", "\\end{cases}", "\\\\", "\\alpha", "\\le", "\\log",
        "\\'", "\\c", "\\i", "\\(", "\\)", "\\cite", "\\href", "\\url", "\\footnote", "\\textsuperscript", "\\foo", "\\times", "\\xrightarrow",
        "https://a.org/", "\\ce", "\\SI", "\\num", "\\verb", "\\ifmmode", "\\else", "\\fi", "\\kern", "1pt", "|", "\\ket",
        "\\dv", "mathcal", "times", "sim", "in R^", "Omega", "alpha", "left(", "right)", "epsilon", "url", "geq",
    ]), 0..60)) {
        let text = parts.concat();
        for markup in Markup::ALL {
            let rendered = render(&text, markup);
            prop_assert!(unicode_normalization::is_nfc(&rendered));
            prop_assert_eq!(rendered.trim(), &rendered);
        }
    }

    #[test]
    fn words_of_plain_text_survive(text in "[a-zA-Z0-9 .,;:!?()\\[\\]/<>=+*%#&@\"-]{0,80}") {
        let words = |text: &str| {
            text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        prop_assert_eq!(words(&render(&text, Markup::Tex)), words(&text));
    }
}

/// The deepest nesting that is read fits a small stack.
#[test]
fn depth_fits_a_small_stack() {
    let deep = format!("${}x{}$", "\\frac{a}{\\hat{\\text{$".repeat(60), "$}}}".repeat(60));
    let thread = std::thread::Builder::new().stack_size(1 << 20);
    let rendered = thread.spawn(move || render(&deep, Markup::Tex)).unwrap().join().unwrap();
    assert!(rendered.contains('x'));
}
