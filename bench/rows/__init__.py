"""The measurements, by their names on the command line."""

from bench.rows import answers, land, make, models, one_more_load, produce, scale

MEASUREMENTS = {
    "make": make.AGAIN,
    "make-run-fresh": make.FRESH_RUN,
    "make-test": make.TEST,
    "produce": produce.PRODUCE,
    "land": land.LAND,
    "answers": answers.ANSWERS,
    "models": models.MODELS,
    "one-more-load": one_more_load.ONE_MORE_LOAD,
    "scale": scale.SCALE,
}
ROWS = {row.name: row for measurement in MEASUREMENTS.values() for row in measurement.rows}
