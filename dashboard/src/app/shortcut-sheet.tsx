import { Kbd, Modal } from '@mantine/core'

const GROUPS: readonly { title: string; keys: readonly (readonly [string, string])[] }[] = [
  {
    title: 'Alerts',
    keys: [
      ['j / k', 'next, previous alert (also while one is open)'],
      ['Enter', 'open the alert'],
      ['Esc', 'close the topmost panel'],
      ['x', 'select the row'],
      ['a', 'acknowledge and take over'],
      ['e', 'close, with a reason'],
      ['c', 'comment'],
      ['s', 'suppress'],
      ['y', 'copy link'],
      ['/', 'search'],
    ],
  },
  {
    title: 'Go to',
    keys: [
      ['g o', 'overview'],
      ['g a', 'alerts'],
      ['g s', 'sessions'],
      ['g i', 'servers (inventory)'],
      ['g d', 'drift'],
      ['g r', 'rules'],
      ['g h', 'health'],
      ['?', 'this sheet'],
    ],
  },
]

/** The keys that do something; they can be switched off in the settings. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title="Keyboard shortcuts"
      size="lg"
      centered
      transitionProps={{ duration: 0 }}
    >
      <div className="nj-keys">
        {GROUPS.map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([key, about]) => (
                <div key={key}>
                  <dt>
                    <Kbd>{key}</Kbd>
                  </dt>
                  <dd>{about}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="nj-muted">Single-key shortcuts can be switched off in the settings.</p>
    </Modal>
  )
}
