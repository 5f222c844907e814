"""How a card says its own few fixed words."""

from __future__ import annotations

from collections.abc import Callable

# `functools.partial(park.words.t, lang=lang)`: English text and facts in, the reader's language out.
Say = Callable[..., str]

# Whatever Dash takes as children.
Content = object
