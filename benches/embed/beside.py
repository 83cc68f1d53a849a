"""The model on onnxruntime, for `benches/embed.rs`: it answers each line of texts with what they took.

Texts are of Chinese characters only, so that a token is a character. Cutting them is not measured.
"""

import json
import sys
import time

import numpy
import onnxruntime

model, tokenizer, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(tokenizer, encoding="utf-8") as file:
    vocabulary = json.load(file)["model"]["vocab"]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
options.inter_op_num_threads = 1
# Threads that wait for work by spinning would only add to the processor time.
options.add_session_config_entry("session.intra_op.allow_spinning", "0")
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
print(json.dumps({"version": onnxruntime.__version__}), flush=True)

for line in sys.stdin:
    inputs = []
    for text in json.loads(line):
        tokens = ["[CLS]", *text, "[SEP]"]
        ids = numpy.array([[vocabulary[token] for token in tokens]], dtype=numpy.int64)
        inputs.append({"input_ids": ids, "attention_mask": numpy.ones_like(ids), "token_type_ids": numpy.zeros_like(ids)})
    processor, wall = time.process_time(), time.perf_counter()
    vectors = [session.run(["sentence_embedding"], each)[0][0] for each in inputs]
    processor, wall = time.process_time() - processor, time.perf_counter() - wall
    vectors = [[float(number) for number in vector] for vector in vectors]
    print(json.dumps({"processor": processor, "wall": wall, "vectors": vectors}), flush=True)
