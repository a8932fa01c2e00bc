# file: learning/models/__init__.py
"""Models: fit an ensemble, calibrate it, choose when it abstains, and keep it as an artefact named by its hash.

artefact, abstention, samples and portable/ are what a trading process loads: they import no sklearn, scipy, LightGBM
or XGBoost.
Start at ensemble.py for fitting, artefact.py for trading.
"""
