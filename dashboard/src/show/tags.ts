/** Names behind the tags of pinned editions: OWASP MCP 2025, ASI 2026, LLM 2026, ATLAS 2026.09, ATT&CK v19. */
const NAMES: Record<string, string> = {
  'owasp-mcp.mcp01': 'Token Mismanagement & Secret Exposure',
  'owasp-mcp.mcp02': 'Privilege Escalation via Scope Creep',
  'owasp-mcp.mcp03': 'Tool Poisoning',
  'owasp-mcp.mcp04': 'Software Supply Chain Attacks & Dependency Tampering',
  'owasp-mcp.mcp05': 'Command Injection & Execution',
  'owasp-mcp.mcp06': 'Intent Flow Subversion',
  'owasp-mcp.mcp07': 'Insufficient Authentication & Authorization',
  'owasp-mcp.mcp08': 'Lack of Audit and Telemetry',
  'owasp-mcp.mcp09': 'Shadow MCP Servers',
  'owasp-mcp.mcp10': 'Context Injection & Over-Sharing',
  'owasp-asi.asi01': 'Agent Goal Hijack',
  'owasp-asi.asi02': 'Tool Misuse & Exploitation',
  'owasp-asi.asi03': 'Identity & Privilege Abuse',
  'owasp-asi.asi04': 'Agentic Supply Chain Vulnerabilities',
  'owasp-asi.asi05': 'Unexpected Code Execution',
  'owasp-asi.asi06': 'Memory & Context Poisoning',
  'owasp-asi.asi07': 'Insecure Inter-Agent Communication',
  'owasp-asi.asi08': 'Cascading Failures',
  'owasp-asi.asi09': 'Human-Agent Trust Exploitation',
  'owasp-asi.asi10': 'Rogue Agents',
  'owasp-llm.llm01': 'Prompt Injection',
  'owasp-llm.llm02': 'Sensitive Information Disclosure',
  'owasp-llm.llm03': 'Excessive Agency',
  'owasp-llm.llm04': 'Supply Chain',
  'owasp-llm.llm06': 'Unbounded Consumption',
  'owasp-llm.llm10': 'Improper Output Handling',
  'atlas.aml-t0010.005': 'Supply Chain: AI Agent Tool',
  'atlas.aml-t0025': 'Exfiltration via Cyber Means',
  'atlas.aml-t0051.001': 'Prompt Injection: Indirect',
  'atlas.aml-t0053': 'AI Agent Tool Invocation',
  'atlas.aml-t0055': 'Unsecured Credentials',
  'atlas.aml-t0068': 'LLM Prompt Obfuscation',
  'atlas.aml-t0081': 'Modify AI Agent Configuration',
  'atlas.aml-t0085.001': 'Data from AI Services: AI Agent Tools',
  'atlas.aml-t0086': 'Exfiltration via AI Agent Tool Invocation',
  'atlas.aml-t0091.000': 'Alternate Auth Material: Application Access Token',
  'atlas.aml-t0098': 'AI Agent Tool Credential Harvesting',
  'atlas.aml-t0101': 'Data Destruction via AI Agent Tool Invocation',
  'atlas.aml-t0109': 'AI Supply Chain Rug Pull',
  'atlas.aml-t0110.000': 'Tool Poisoning: Definition and Instructions',
  'atlas.aml-t0133': 'Discover AI Agent Runtime Capabilities',
  'attack.exfiltration': 'Exfiltration',
  'attack.collection': 'Collection',
  'attack.discovery': 'Discovery',
  'attack.persistence': 'Persistence',
  'attack.execution': 'Execution',
  'attack.credential-access': 'Credential Access',
  'attack.initial-access': 'Initial Access',
  'attack.privilege-escalation': 'Privilege Escalation',
  'attack.t1020': 'Automated Exfiltration',
  'attack.t1027': 'Obfuscated Files or Information',
  'attack.t1059': 'Command and Scripting Interpreter',
  'attack.t1069': 'Permission Groups Discovery',
  'attack.t1083': 'File and Directory Discovery',
  'attack.t1098.003': 'Additional Cloud Roles',
  'attack.t1119': 'Automated Collection',
  'attack.t1195.001': 'Compromise Software Dependencies and Development Tools',
  'attack.t1195.002': 'Compromise Software Supply Chain',
  'attack.t1199': 'Trusted Relationship',
  'attack.t1213': 'Data from Information Repositories',
  'attack.t1485': 'Data Destruction',
  'attack.t1530': 'Data from Cloud Storage',
  'attack.t1548': 'Abuse Elevation Control Mechanism',
  'attack.t1552': 'Unsecured Credentials',
  'attack.t1552.001': 'Credentials In Files',
  'attack.t1552.005': 'Cloud Instance Metadata API',
  'attack.t1554': 'Compromise Host Software Binary',
  'attack.t1567': 'Exfiltration Over Web Service',
}

/** A tag as people cite it, and its name where it is known: `ATT&CK T1567`, `Exfiltration Over Web Service`. */
export function tagWords(tag: string): { id: string; name: string } {
  const [space = '', ...rest] = tag.split('.')
  const id = rest.join('.')
  const label: Record<string, string> = {
    attack: 'ATT&CK',
    atlas: 'ATLAS',
    'owasp-mcp': 'OWASP',
    'owasp-asi': 'OWASP',
    'owasp-llm': 'OWASP',
  }
  // A tactic is cited by its name alone.
  if (space === 'attack' && !/\d/.test(id)) {
    return { id: 'ATT&CK', name: NAMES[tag.toLowerCase()] ?? id.replaceAll('-', ' ') }
  }
  const cited = /\d/.test(id) ? id.toUpperCase().replace('AML-', 'AML.') : id
  return {
    id: label[space] ? `${label[space]} ${cited}` : tag,
    name: NAMES[tag.toLowerCase()] ?? '',
  }
}
