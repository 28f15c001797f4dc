import {execa} from 'execa';

export type TerminalSession = {
  /** The end of each question. */
  readonly prompt: string;
  /** The answers to type, one for each question. */
  readonly answers: readonly string[];
};

/** Runs a command on a pseudo-terminal, and types an answer after each question. Its stdout has both streams; a failure is a result. */
export function onTerminal(
  command: readonly string[],
  {prompt, answers}: TerminalSession,
  options: {readonly cwd: string; readonly env?: Readonly<Record<string, string>>; readonly timeout?: number},
) {
  const words = ['-c', program, prompt, JSON.stringify(answers), ...command];
  return execa('python3', words, {...options, reject: false});
}

const program = `
import json, os, pty, sys
prompt = sys.argv[1].encode()
answers = [answer.encode() + b"\\n" for answer in json.loads(sys.argv[2])]
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[3], sys.argv[3:])
seen = b""
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
    seen += data
    if prompt in seen and answers:
        seen = b""
        os.write(terminal, answers.pop(0))
sys.stdout.buffer.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;
