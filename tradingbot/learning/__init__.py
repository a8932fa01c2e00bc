# file: learning/__init__.py
"""Machine learning: features, labels, models, drift, the feature store, and the actors that ask models in a run.

Imports core.execution and below (actors, features: Nautilus too); only `training` may import core.runtime and
core.experiments.
What trades (modelactor, metafilter, driftactor) reaches no framework that fits models. Start at modelactor.py.
"""
