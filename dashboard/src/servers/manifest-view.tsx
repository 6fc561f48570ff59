import { Foreign } from '../parts/foreign.tsx'
import { type ManifestItem, readManifest } from './manifest.ts'

/** What a server says it offers, as text: descriptions are shown, never obeyed. */
export function ManifestView({ manifest }: { manifest: string }) {
  const { instructions, groups } = readManifest(manifest)
  if (!instructions && groups.length === 0) {
    return <p className="nj-muted">It lists nothing.</p>
  }
  return (
    <>
      {instructions && (
        <section className="nj-content">
          <h3>Instructions</h3>
          <pre>
            <Foreign text={instructions} />
          </pre>
        </section>
      )}
      {groups.map(({ title, items }) => (
        <section key={title}>
          <h3>
            {title} <span className="nj-muted">{items.length}</span>
          </h3>
          <ul className="nj-items">
            {items.map((item, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a hostile manifest may repeat a name
              <Item key={index} item={item} />
            ))}
          </ul>
        </section>
      ))}
    </>
  )
}

function Item({ item }: { item: ManifestItem }) {
  return (
    <li>
      <details className="nj-details">
        <summary>
          <strong>
            <Foreign text={item.name} empty="(no name)" />
          </strong>
          <span className="nj-clip nj-grow nj-muted">
            <Foreign text={item.description} empty="" />
          </span>
          {item.hints.map((hint) => (
            <span key={hint} className="nj-chip">
              <Foreign text={hint} />
            </span>
          ))}
        </summary>
        {item.description && (
          <p className="nj-description">
            <Foreign text={item.description} />
          </p>
        )}
        {item.rest && (
          <pre>
            <Foreign text={item.rest} />
          </pre>
        )}
      </details>
    </li>
  )
}
