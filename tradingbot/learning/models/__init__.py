# file: learning/models/__init__.py
"""Models: fit an ensemble, calibrate it, choose when it abstains, and keep it as an artefact named by its hash.

A trading process loads predictor, artefact, abstention, samples and portable/: they import no sklearn, scipy, LightGBM
or XGBoost. Start at ensemble.py for fitting, predictor.py for trading.
"""
