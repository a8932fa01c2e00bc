# file: learning/__init__.py
"""Machine learning: features, labels, models, drift, the feature store, and the actors that run models in a node.

Imports core.execution and below (actors, features: Nautilus too); only `training` may import core.runtime and
core.experiments. What trades (modelactor, metafilter, driftactor) reaches no framework that fits models.
Start at modelactor.py, then models/predictor.py; for training at training/foldtrainer.py.
"""
