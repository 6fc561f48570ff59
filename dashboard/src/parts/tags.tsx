import { tagWords } from '../show/tags.ts'

/** A rule's tags with the names behind them. */
export function Tags({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return null
  return (
    <ul className="nj-tags">
      {tags.map((tag) => {
        const { id, name } = tagWords(tag)
        return (
          <li key={tag} title={tag}>
            <span className="nj-tag-id">{id}</span>
            {name && <span>{name}</span>}
          </li>
        )
      })}
    </ul>
  )
}
