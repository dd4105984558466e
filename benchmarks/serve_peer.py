"""The same run behind LitServe, as its user would write it: `python -m benchmarks.serve_peer`.

python -m benchmarks.serve_peer RUN PORT BATCH
"""

from __future__ import annotations

import sys

import litserve
import pandas as pd

from labelfeed.cli.opened import open_run


class Api(litserve.LitAPI):
    def setup(self, device) -> None:
        self.run = open_run(sys.argv[1], print)
        self.names = [self.run.spec.name_of(i) for i in range(self.run.spec.num_classes)]

    def decode_request(self, request):
        return request["rows"][0]

    def batch(self, inputs):
        return inputs

    def unbatch(self, output):
        return output

    def predict(self, rows):
        p = self.run.predict(pd.DataFrame(rows if isinstance(rows, list) else [rows]))
        found = [dict(zip(self.names, row, strict=True)) for row in p.tolist()]
        return found if isinstance(rows, list) else found[0]

    def encode_response(self, output):
        return {"predictions": [output]}


if __name__ == "__main__":
    most = int(sys.argv[3])
    api = Api(max_batch_size=most, batch_timeout=0.002) if most > 1 else Api()
    server = litserve.LitServer(api, accelerator="cpu")
    server.run(
        port=int(sys.argv[2]), host="127.0.0.1", log_level="error", generate_client_file=False
    )
