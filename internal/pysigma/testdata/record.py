"""Writes what pySigma makes of SigmaHQ's rules with a pipeline of its Splunk backend.

    pip install pysigma==1.5.1 pysigma-backend-splunk==2.1.0
    python record.py FOLDER FORMAT OUTPUT PIPELINE...

FOLDER holds SigmaHQ's folders "rules*". The output has a JSON object a line for each file, with "queries", or with
"error", the class of the exception, and the begin of its message. The sums beside this file are of commit 8eaafff and
of splunk.splunk_cim.data_model.jsonl.gz, which has the format data_model with the pipeline splunk_cim:

    python record.py sigma data_model $SIGMAC_PYSIGMA/splunk.splunk_cim.data_model.jsonl.gz splunk_cim
    SIGMAC_PYSIGMA=... go test ./internal/pysigma
"""

import glob
import gzip
import json
import os
import sys

from sigma.collection import SigmaCollection
from sigma.plugins import InstalledSigmaPlugins


def convert(text, backend, form):
    """Returns what a row says of a rule."""
    try:
        queries = backend.convert(SigmaCollection.from_yaml(text), form)
    except Exception as e:  # whatever it is, the rule is not converted
        return {"error": type(e).__name__, "message": str(e)[:300]}
    return {"queries": queries if isinstance(queries, list) else [queries]}


def main(root, form, output, *pipelines):
    """Writes the rows of all files."""
    plugins = InstalledSigmaPlugins.autodiscover()
    resolver = plugins.get_pipeline_resolver()
    with open(output, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
        for path in sorted(glob.glob(os.path.join(root, "rules*", "**", "*.yml"), recursive=True)):
            with open(path, encoding="utf-8") as f:
                text = f.read()
            backend = plugins.backends["splunk"](processing_pipeline=resolver.resolve(list(pipelines)))
            row = {"file": os.path.relpath(path, root), **convert(text, backend, form)}
            out.write(json.dumps(row).encode() + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
