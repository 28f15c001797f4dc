"""llama-server's command line over the HTTP server that is compiled into the Python package xllamacpp.

Takes the flags that retake passes to llama-server and no others, and the credential to demand in LLAMA_API_KEY. Ends when its stdin
closes, so it cannot outlive the process that started it.
"""

import argparse
import ctypes
import os
import signal
import sys
import threading
import time
from pathlib import Path


def main():
    options = parse_flags(sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    die_with_parent()
    threading.Thread(target=end_when_stdin_closes, daemon=True).start()

    import xllamacpp

    try:
        server = xllamacpp.Server(common_params(xllamacpp, options))  # returns once the model is loaded
    except Exception as error:
        flush_log(xllamacpp)  # the reason comes first, however busy the machine is
        print(f"error: {error}", file=sys.stderr, flush=True)
        sys.exit(1)
    threading.Event().wait()
    del server


def flush_log(xllamacpp):
    """Waits until llama.cpp's log thread has printed everything: the process would end without it."""
    try:
        library = ctypes.CDLL(xllamacpp.xllamacpp.__file__)
        log_of_process = library._Z15common_log_mainv
        flush = library._Z16common_log_flushP10common_log
    except (AttributeError, OSError):
        time.sleep(1)  # other compilers name the functions otherwise
        return
    log_of_process.restype = ctypes.c_void_p
    flush.argtypes = [ctypes.c_void_p]
    flush(log_of_process())


def die_with_parent():
    """Asks Linux to kill this process with its parent: while the model loads, no Python thread runs that could see stdin close."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def end_when_stdin_closes():
    while os.read(0, 4096):
        pass
    os._exit(0)


def parse_flags(arguments):
    parser = argparse.ArgumentParser(prog="llama_server_shim", allow_abbrev=False)
    parser.add_argument("--model", "-m", required=True)
    parser.add_argument("--mmproj")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--ctx-size", "-c", type=int, default=0)
    parser.add_argument("--threads", "-t", type=int, default=-1)
    parser.add_argument("--threads-batch", "-tb", type=int, default=-1)
    parser.add_argument("--batch-size", "-b", type=int, default=2048)
    parser.add_argument("--ubatch-size", "-ub", type=int, default=512)
    parser.add_argument("--gpu-layers", "-ngl", type=int, default=-1)
    parser.add_argument("--parallel", "-np", type=int, default=1)
    parser.add_argument("--flash-attn", "-fa", choices=["on", "off", "auto"], default="auto")
    parser.add_argument("--cont-batching", "-cb", dest="cont_batching", action="store_true", default=True)
    parser.add_argument("--no-cont-batching", "-nocb", dest="cont_batching", action="store_false")
    parser.add_argument("--mlock", action="store_true")
    parser.add_argument("--jinja", action="store_true")
    parser.add_argument("--chat-template-file")
    parser.add_argument("--reverse-prompt", "-r", action="append", default=[])
    parser.add_argument("--embeddings", "--embedding", action="store_true")
    parser.add_argument("--pooling", choices=["none", "mean", "cls", "last", "rank"])
    parser.add_argument("--no-webui", action="store_true")
    return parser.parse_args(arguments)


def common_params(xllamacpp, options):
    params = xllamacpp.CommonParams()
    if os.environ.get("LLAMA_API_KEY"):
        params.api_keys = [os.environ["LLAMA_API_KEY"]]
    params.model.path = options.model
    if options.mmproj:
        params.mmproj.path = options.mmproj
    params.hostnames = [options.host]
    params.port = options.port
    params.n_ctx = options.ctx_size
    params.cpuparams.n_threads = options.threads
    params.cpuparams_batch.n_threads = options.threads_batch
    params.n_batch = options.batch_size
    params.n_ubatch = options.ubatch_size
    params.n_gpu_layers = options.gpu_layers
    params.n_parallel = options.parallel
    params.flash_attn_type = {
        "on": xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED,
        "off": xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED,
        "auto": xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_AUTO,
    }[options.flash_attn]
    params.cont_batching = options.cont_batching
    if options.mlock:
        params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_MLOCK
    if options.chat_template_file:
        params.chat_template = Path(options.chat_template_file).read_text(encoding="utf-8")
    params.antiprompt = options.reverse_prompt
    params.embedding = options.embeddings
    if options.pooling:
        params.pooling_type = getattr(xllamacpp.llama_pooling_type, f"LLAMA_POOLING_TYPE_{options.pooling.upper()}")
    params.ui = not options.no_webui
    params.fit_params = False  # sizes are given, and finding them out loads the vocabulary twice
    return params


if __name__ == "__main__":
    main()
