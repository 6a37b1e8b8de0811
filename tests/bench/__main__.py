"""`python -m tests.bench` lists the benchmarks."""

from pathlib import Path

for file in sorted(Path(__file__).parent.glob("[!_]*.py")):
    if file.stem not in ("load", "audit_rounds"):
        first = file.read_text(encoding="utf-8").split('"""')[1].strip().splitlines()[0]
        print(f"python -m tests.bench.{file.stem:<10} {first}")
