/** The grammar of Codex's tool `apply_patch`. */
export const applyPatch = `start: begin_patch hunk+ end_patch
begin_patch: "*** Begin Patch" LF
end_patch: "*** End Patch" LF?

hunk: add_hunk | delete_hunk | update_hunk
add_hunk: "*** Add File: " filename LF add_line+
delete_hunk: "*** Delete File: " filename LF
update_hunk: "*** Update File: " filename LF change_move? change?

filename: /(.+)/
add_line: "+" /(.*)/ LF -> line

change_move: "*** Move to: " filename LF
change: (change_context | change_line)+ eof_line?
change_context: ("@@" | "@@ " /(.+)/) LF
change_line: ("+" | "-" | " ") /(.*)/ LF
eof_line: "*** End of File" LF

%import common.LF
`;

/** Expressions with spaces, as in OpenAI's guide. */
export const spacedSums = `
start: expr
expr: term (SP ADD SP term)* -> add
    | term
term: factor (SP MUL SP factor)* -> mul
    | factor
factor: INT
SP: " "
ADD: "+"
MUL: "*"
%import common.INT
`;

/** Rules that begin with themselves. */
export const sums = `
start: expr
expr: expr ("+" | "-") term | term
term: term "*" factor | factor
factor: NUMBER | "(" expr ")"
%import common.NUMBER
`;

/** JSON, from Lark's tutorial. */
export const json = `
?start: value
?value: dict
      | list
      | string
      | SIGNED_NUMBER      -> number
      | "true"             -> true
      | "false"            -> false
      | "null"             -> null

list : "[" [value ("," value)*] "]"
dict : "{" [pair ("," pair)*] "}"
pair : string ":" value
string : ESCAPED_STRING

%import common (ESCAPED_STRING, SIGNED_NUMBER, WS)
%ignore WS
`;

export const select = `
// The start of a query.
start: "select"i SP columns SP "from"i SP NAME (SP "limit"i SP INT)? ";"
columns: "*" | NAME (COMMA NAME) ~ 0..3
COMMA.2: "," SP?
SP: " "   # one
NAME: /[a-z_][a-z0-9_]*/i
%import common.INT
`;
