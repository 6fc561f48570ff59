/** The name, with its bird. */
export function BrandMark() {
  return (
    <span className="nj-brand">
      <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
        <path
          d="M2 20c5-9 10-13 14-13s9 4 14 13c-5-3-8-4-10.5-3L16 24l-3.5-7C10 16 7 17 2 20Z"
          fill="currentColor"
        />
        <circle cx="13" cy="13" r="1.6" className="nj-brand-eye" />
        <circle cx="19" cy="13" r="1.6" className="nj-brand-eye" />
      </svg>
      Nightjar
    </span>
  )
}
