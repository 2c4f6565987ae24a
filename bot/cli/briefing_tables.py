"""What ``schakel briefings lint`` found, as a table on the screen or in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.cli import briefings_texts as texts
from briefings.proofing import VARIANTS, Proof
from briefings.reading import Score
from contacts.directory import Audience


def score_table(proofs: Sequence[Proof]) -> str:
    """Columns padded with spaces, for a terminal."""
    rows = [_head(), *map(_row, proofs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, "", summary(proofs)])


def score_page(proofs: Sequence[Proof]) -> str:
    """The table of ``docs/briefings.md``."""
    head = _head()
    rows = [head, ["---"] * len(head), *map(_row, proofs)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([texts.LEGEND, "", *lines, "", summary(proofs)])


def summary(proofs: Sequence[Proof]) -> str:
    """How much was read, and how much is open."""
    read = sum(len(VARIANTS) * len(Audience) for proof in proofs if proof.scores)
    still = sum(len(proof.findings) + len(proof.gaps) for proof in proofs)
    return texts.SUMMARY.format(texts=read, open=still)


def findings(proofs: Sequence[Proof]) -> Iterator[str]:
    """One line per thing to mend."""
    for proof in proofs:
        for gap in proof.gaps:
            yield texts.GAP.format(templates=proof.templates, gap=gap)
        for found in proof.findings:
            yield texts.FINDING.format(
                templates=found.templates,
                audience=found.audience,
                variant=texts.VARIANTS.get(found.variant, found.variant),
                code=found.remark.code,
                where=found.remark.where,
                advice=found.remark.advice,
            )


def _head() -> list[str]:
    columns = [texts.SHORT_AUDIENCES[audience] for audience in Audience]
    return [texts.HEAD_TYPE, texts.HEAD_FAMILY, *columns, texts.HEAD_STATE]


def _row(proof: Proof) -> list[str]:
    cells = [
        _cell(proof.scores[audience][1]) if audience in proof.scores else ""
        for audience in Audience
    ]
    still = len(proof.findings) + len(proof.gaps)
    state = texts.BAD.format(count=still) if still else texts.GOOD
    named = f"{proof.code} {proof.name}".strip() if proof.code != proof.name else proof.name
    return [named, proof.family or texts.NO_FAMILY, *cells, state]


def _cell(score: Score) -> str:
    mean = texts.MEAN.format(mean=score.mean).replace(".", ",")
    return texts.CELL.format(flesch=round(score.flesch), mean=mean)
