/** A platform of its own for the journeys: embedded PostgreSQL, the sample tenant, a free port. */
import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const OWNER = 'owner@sample.example'

export interface Platform {
  url: string
  password: string
  stop: () => Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/**
 * `dotmac up` until it says where it runs. Where DOTMAC_URL and DOTMAC_PASSWORD name one that runs
 * already, that one: quicker while a journey is being written.
 */
export async function startPlatform(): Promise<Platform> {
  const { DOTMAC_URL: url, DOTMAC_PASSWORD: password } = process.env
  if (url && password) return { url, password, stop: () => Promise.resolve() }
  const home = await mkdtemp(join(tmpdir(), 'dotmac-journeys-'))
  await chmod(home, 0o755) // for root, the server runs as a user of its own
  const port = await freePort()
  const program = process.env.DOTMAC ?? '../.venv/bin/dotmac'
  const environment = {
    ...process.env,
    DOTMAC_HOME: home,
    PORT: String(port),
    LOG_LEVEL: 'WARNING',
  }
  const running = spawn(program, ['up'], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  await saysThatItIsUp(running)
  return {
    url: `http://localhost:${port}`,
    password: (await readFile(join(home, 'sample_password'), 'utf8')).trim(),
    stop: async () => {
      const ended = new Promise((resolve) => running.once('exit', resolve))
      running.kill('SIGINT')
      await ended
      await rm(home, { recursive: true })
    },
  }
}

function saysThatItIsUp(running: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    running.stdout?.on('data', (piece: Buffer) => {
      said += piece.toString()
      if (said.includes('Ctrl-C')) resolve()
    })
    running.once('error', reject)
    running.once('exit', (code) => reject(new Error(`The platform ended with ${code}:\n${said}`)))
  })
}
