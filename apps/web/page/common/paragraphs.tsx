/** A description: CommonMark, of which paragraphs are kept and the rest is shown as it was written. */
export function Paragraphs({ text, class: name }: { readonly text: string; readonly class?: string }) {
  const paragraphs = text.split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== "");
  return (
    <div class={name}>
      {paragraphs.map((paragraph, index) => (
        <p key={index}>{paragraph.trim()}</p>
      ))}
    </div>
  );
}
