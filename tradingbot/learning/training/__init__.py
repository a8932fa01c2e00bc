# file: learning/training/__init__.py
"""Training: market in, a recorded model out; every fold is a job of its own and every setting a row of the trial
ledger.

The order: trainingset (read, check by datachecks, compute and store features, label by labelling), foldtrainer (cut
the walk forward, run the jobs), trainingresult in every job (weigh, search, fit: a TrainingResult), scores, recording
(TrainingRecord of record.py, tracking). Imports core.experiments, core.runtime and the rest of learning; never
core.validation or reports. record.py alone is light: reports read it. Start at foldtrainer.py, then trainingresult.py.
"""
