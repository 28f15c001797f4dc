/** The types of the tools that Anthropic runs or defines, by their version. */
export const serverToolTypes = [
  'advisor_20260301',
  'bash_20241022',
  'bash_20250124',
  'browser_toolset_20260801',
  'code_execution_20250522',
  'code_execution_20250825',
  'code_execution_20260120',
  'code_execution_20260521',
  'computer_20241022',
  'computer_20250124',
  'computer_20251124',
  'computer_toolset_20260801',
  'mcp_toolset',
  'memory_20250818',
  'text_editor_20241022',
  'text_editor_20250124',
  'text_editor_20250429',
  'text_editor_20250728',
  'tool_search_tool_bm25',
  'tool_search_tool_bm25_20251119',
  'tool_search_tool_regex',
  'tool_search_tool_regex_20251119',
  'web_fetch_20250910',
  'web_fetch_20260209',
  'web_fetch_20260309',
  'web_fetch_20260318',
  'web_search_20250305',
  'web_search_20260209',
  'web_search_20260318',
] as const;

const known: ReadonlySet<string> = new Set(serverToolTypes);

const versions = new Map<string, string>();
for (const type of serverToolTypes) {
  const {family, date} = versionOf(type);
  if (date > (versions.get(family) ?? '')) versions.set(family, date);
}

/** Whether a type of tool is Anthropic's. A version that is newer than the known ones of its tool counts: SDKs name versions before retake knows them. */
export function isServerTool(type: string): boolean {
  if (known.has(type)) return true;
  const {family, date} = versionOf(type);
  const newest = versions.get(family);
  return newest !== undefined && date > newest;
}

function versionOf(type: string): {readonly family: string; readonly date: string} {
  const [, family = type, date = ''] = /^(.+)_(\d{8})$/.exec(type) ?? [];
  return {family, date};
}
