"""llama.cpp's own server (the C++ one, as the package xllamacpp builds it) with a tiny random model made on the spot:
`llama_server.py FOLDER SLOTS` prints its URL as its first line."""

import pathlib
import sys
import time

import gguf
import numpy
import xllamacpp

# The printable characters, a blank and a line end as the tokeniser spells them, one merge, and the tokens of a model that
# fills in the middle, with the names of Qwen's.
SPECIAL = ["<|endoftext|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"]
TOKENS = [*map(chr, range(0x21, 0x7F)), "\u0120", "\u010a", "ab", *SPECIAL]
WIDTH, HIDDEN, HEADS, CONTEXT = 32, 64, 2, 4096


def write_model(path):
    """One layer of a llama whose weights mean nothing, but always the same nothing."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(TOKENS))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(TOKENS)
    kinds = [gguf.TokenType.NORMAL] * (len(TOKENS) - len(SPECIAL)) + [gguf.TokenType.CONTROL] * len(SPECIAL)
    writer.add_token_types(kinds)
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(TOKENS.index(SPECIAL[0]))
    writer.add_eos_token_id(TOKENS.index(SPECIAL[0]))
    writer.add_add_bos_token(False)
    for name, token in zip(("pre", "suf", "mid"), SPECIAL[1:]):
        writer.add_uint32(f"tokenizer.ggml.fim_{name}_token_id", TOKENS.index(token))
    random = numpy.random.default_rng(7)
    square, tall, wide = (WIDTH, WIDTH), (HIDDEN, WIDTH), (WIDTH, HIDDEN)
    shapes = {"token_embd": (len(TOKENS), WIDTH), "output": (len(TOKENS), WIDTH),
              "blk.0.attn_q": square, "blk.0.attn_k": square, "blk.0.attn_v": square, "blk.0.attn_output": square,
              "blk.0.ffn_gate": tall, "blk.0.ffn_up": tall, "blk.0.ffn_down": wide}
    for name, shape in shapes.items():
        weights = random.normal(0, 0.3, shape).astype(numpy.float32)
        if name == "output":  # a special token is never likely enough to be drawn
            weights[-len(SPECIAL):] = 0
        writer.add_tensor(f"{name}.weight", weights)
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", numpy.ones(WIDTH, numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    path = pathlib.Path(sys.argv[1], f"tiny-{sys.argv[2]}.gguf")
    write_model(path)
    slots = int(sys.argv[2])
    settings = xllamacpp.CommonParams()
    settings.model.path = str(path)
    settings.n_ctx, settings.n_parallel, settings.cpuparams.n_threads = slots * CONTEXT, slots, 1
    settings.hostnames, settings.port, settings.warmup = ["127.0.0.1"], 0, False
    server = xllamacpp.Server(settings)
    print(server.listening_address, flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
