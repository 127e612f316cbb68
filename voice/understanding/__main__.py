"""`python -m voice.understanding`: learn the examples now, for every process that starts later. The set-up calls it."""

from voice.understanding.understander import warm_up

warm_up()
