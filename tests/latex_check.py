#!/usr/bin/env python3
"""Runs exported bibliographies through the programs that read them: classic `bibtex` with the styles plain, abbrv and alpha, `biber`, and
pdflatex and lualatex for a sample.

    python tests/latex_check.py target/release/tsundoku FILE... [--papers N] [--typeset N]

FILE is anything that `tsundoku import` reads. Needs a TeX distribution with biber. Prints the errors and warnings of each program, and fails when
there is an error. A library is made in a temporary folder.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

STYLES = ["plain", "abbrv", "alpha"]
# What is wrong with a bibliography is an error; what a paper does not have (pages, a journal) is none.
EXPECTED = re.compile(r"Warning--(empty (journal|publisher|institution|booktitle|year|author|note|school|title)|there's no|can't use both|no (key|author|title))")


def run(command, folder, timeout=1800):
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "max_print_line": "1000"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=timeout)
    return done.returncode, (done.stdout + done.stderr).decode("utf8", "replace")


def classic(folder, style):
    """The result of one style: errors, unexpected warnings, and how many items the bibliography has."""
    name = f"check-{style}"
    (folder / f"{name}.aux").write_text(f"\\relax\n\\citation{{*}}\n\\bibdata{{all}}\n\\bibstyle{{{style}}}\n")
    status, output = run(["bibtex", "--min-crossrefs=9999", name], folder)
    lines = output.splitlines()
    errors = [line for line in lines if "error message" in line or line.startswith("I'm ") or "---line" in line]
    odd = [line for line in lines if line.startswith("Warning--") and not EXPECTED.match(line)]
    items = (folder / f"{name}.bbl").read_text(errors="replace").count("\\bibitem")
    if status > 1 and not errors:
        errors = lines[-5:]
    return errors, odd, items


def with_biber(folder):
    (folder / "modern.tex").write_text(MODERN)
    run(["lualatex", "-interaction=batchmode", "-draftmode", "modern"], folder)
    _, output = run(["biber", "--nolog", "modern"], folder)
    lines = output.splitlines()
    return [line for line in lines if line.startswith("ERROR")], [line for line in lines if line.startswith("WARN")]


MODERN = r"""\documentclass{article}
\usepackage{fontspec}
\usepackage[backend=biber,style=numeric]{biblatex}
\addbibresource{all-modern.bib}
\begin{document}
\nocite{*}
\printbibliography
\end{document}
"""

CLASSIC = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb,url}
\begin{document}
\nocite{*}
\bibliographystyle{plain}
\bibliography{sample}
\end{document}
"""


def typeset(folder, program, name):
    """Errors of one program that typesets a bibliography, each with the line where it stood."""
    _, output = run([program, "-interaction=nonstopmode", name], folder)
    lines = output.splitlines()
    return [f"{line} / {' '.join(lines[at + 1:at + 4])[:200]}" for at, line in enumerate(lines) if line.startswith("!")]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program", type=Path)
    arguments.add_argument("files", nargs="+", type=Path)
    arguments.add_argument("--papers", type=int, default=5000)
    arguments.add_argument("--typeset", type=int, default=300)
    given = arguments.parse_args()
    program = str(given.program.resolve())
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        tsundoku = [program, "--dir", str(folder / "library")]
        for file in given.files:
            status, output = run([*tsundoku, "import", str(file.resolve())], folder)
            if status not in (0, 3):
                sys.exit(output)

        def export(format_name, name, papers):
            with open(folder / name, "wb") as out:
                command = [*tsundoku, "export", "--format", format_name, "--limit", str(papers), "--output", "-"]
                done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE)
            if done.returncode:
                sys.exit(done.stderr.decode())
            return len(re.findall(r"^@", (folder / name).read_text(), re.M))

        papers = export("bibtex", "all.bib", given.papers)
        export("biblatex", "all-modern.bib", given.papers)
        for style in STYLES:
            errors, odd, items = classic(folder, style)
            print(f"bibtex {style}: {items} of {papers} entries, {len(errors)} errors, {len(odd)} unexpected warnings")
            print(*(f"  {line}" for line in (errors + odd)[:20]), sep="\n")
            failed |= bool(errors) or items != papers
        errors, warnings = with_biber(folder)
        print(f"biber: {papers} entries, {len(errors)} errors, {len(warnings)} warnings")
        print(*(f"  {line}" for line in (errors + warnings)[:20]), sep="\n")
        failed |= bool(errors)
        if given.typeset:
            export("bibtex", "sample.bib", given.typeset)
            export("biblatex", "all-modern.bib", given.typeset)
            (folder / "classic.tex").write_text(CLASSIC)
            run(["pdflatex", "-interaction=batchmode", "classic"], folder)
            run(["bibtex", "classic"], folder)
            with_biber(folder)
            for program_name, name in [("pdflatex", "classic"), ("lualatex", "modern")]:
                errors = typeset(folder, program_name, name)
                print(f"{program_name}: {given.typeset} entries, {len(errors)} errors")
                print(*(f"  {line}" for line in errors[:20]), sep="\n")
                failed |= bool(errors)
    sys.exit(failed)


if __name__ == "__main__":
    main()
