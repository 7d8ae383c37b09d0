"""The report: findings, a table of layers and the units, as text, JSON, HTML and objects."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from actfn.diagnose.causes import Evidence
from actfn.diagnose.findings import NOTE, Finding
from actfn.diagnose.judge import VERDICTS, LayerMeasures
from actfn.diagnose.trials import Look

SCHEMA = "actfn-diagnosis/1"  # docs/diagnose.md describes it


@dataclass
class Report:
    """What `actfn.diagnose` found.

    Attributes
    ----------
    model : what was diagnosed, as text.
    batches, samples, loss : what it was diagnosed on.
    findings : the worst first; empty where nothing is wrong.
    layers : the measures of every layer.
    units : layer -> verdict per unit.
    rates : layer -> share of samples that woke the unit.
    training : the replay as plain numbers, or None.
    """

    model: str
    batches: int
    samples: int
    loss: float | None
    findings: list[Finding]
    layers: list[LayerMeasures]
    units: dict[str, np.ndarray]
    rates: dict[str, np.ndarray]
    training: dict[str, Any] | None

    @classmethod
    def of(cls, model, now: Look, findings: list[Finding], evidence: Evidence) -> "Report":
        """The report of one look, its findings and their evidence."""
        seen = {name: now.layer(name) for name in now.verdicts}
        judged = {n: v for n, v in now.verdicts.items() if seen[n].activation is not None}
        updates = evidence.replay.updates if evidence.replay else {}
        return cls(
            model=_described(model),
            batches=now.observer.batches,
            samples=max(layer.items for layer in seen.values()),
            loss=now.loss,
            findings=findings,
            layers=[_with_update(m, updates.get(m.name)) for m in now.measures],
            units=judged,
            rates={name: seen[name].awake / max(seen[name].items, 1) for name in judged},
            training=_training(evidence),
        )

    @property
    def healthy(self) -> bool:
        """Nothing is wrong, a note or two apart."""
        return all(finding.severity == NOTE for finding in self.findings)

    @property
    def kinds(self) -> list[str]:
        """The kinds of all findings."""
        return [finding.kind for finding in self.findings]

    def dead(self, layer: str) -> list[int]:
        """The numbers of a layer's dead units."""
        from actfn.diagnose.judge import LOST

        return np.flatnonzero(np.isin(self.units[layer], LOST)).tolist()

    def as_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, texts and numbers, for JSON; NaN and infinities are null."""
        return _plain({
            "schema": SCHEMA,
            "model": self.model,
            "batches": self.batches,
            "samples": self.samples,
            "loss": self.loss,
            "healthy": self.healthy,
            "verdicts": list(VERDICTS),
            "findings": [asdict(finding) for finding in self.findings],
            "layers": [asdict(layer) for layer in self.layers],
            "units": {name: verdicts.tolist() for name, verdicts in self.units.items()},
            "rates": {name: rates.tolist() for name, rates in self.rates.items()},
            "training": self.training,
        })  # fmt: skip

    def json(self) -> str:
        """The report as JSON; `docs/diagnose.md` describes every field."""
        return json.dumps(self.as_dict(), indent=2, ensure_ascii=False)

    def html(self) -> str:
        """The report as one HTML page that needs nothing else."""
        from actfn.diagnose.page import page

        return page(self)

    def save(self, path) -> Path:
        """Write the report: HTML for .html, JSON for .json, else plain text."""
        path = Path(path)
        makers = {".html": self.html, ".json": self.json}
        path.write_text(makers.get(path.suffix, self.__str__)(), encoding="utf-8")
        return path

    def __str__(self) -> str:
        from actfn.diagnose.cards import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        return self.html()


def _described(model) -> str:
    if isinstance(model, list | tuple):
        shapes = [np.shape(layer[0]) for layer in model]
        return "-".join(str(n) for n in [shapes[0][0], *(shape[1] for shape in shapes)])
    return type(model).__name__


def _with_update(measures: LayerMeasures, update: float | None) -> LayerMeasures:
    return LayerMeasures(**{**asdict(measures), "update": update})


def _training(evidence: Evidence) -> dict[str, Any] | None:
    run = evidence.replay
    if run is None:
        return None
    return {
        "optimizer": evidence.optimizer,
        "rate": run.rate,
        "steps": run.steps,
        "losses": run.losses,
        "dead": [[step, n] for step, n in sorted(run.lost.items())],
        "sharpness": evidence.sharpness,
        "rate_over_limit": evidence.rate_ratio,
    }


def _plain(value):
    """What JSON knows: NaN and infinities become null."""
    if isinstance(value, dict):
        return {key: _plain(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
