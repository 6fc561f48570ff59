import { type Component, type Logger, messageOf } from '@nightjar/core'

const STOP_MS = 4000

async function within(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const done = await Promise.race([work.then(() => true), late])
  clearTimeout(timer)
  return done
}

/**
 * Components as one: started in the order given (what is downstream first), stopped in the other order, each within a
 * bound. When one fails to start, those before it are stopped and the error is thrown.
 */
export function componentsInOrder(
  name: string,
  components: readonly Component[],
  logger: Logger,
  stopMs = STOP_MS,
): Component {
  let started: Component[] = []

  const stop = async (): Promise<void> => {
    const running = started
    started = []
    for (const component of running.reverse()) {
      try {
        const done = await within(stopMs, component.stop())
        if (!done) logger.warn({ part: component.name }, 'A part did not stop in time and is left.')
      } catch (error) {
        logger.warn({ part: component.name, error: messageOf(error) }, 'A part failed to stop.')
      }
    }
  }

  return {
    name,
    async start() {
      for (const component of components) {
        try {
          await component.start()
          started.push(component)
        } catch (error) {
          await stop()
          throw error
        }
      }
    },
    stop,
  }
}
