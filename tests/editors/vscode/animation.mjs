// Screenshots into one animated picture.
import gifenc from "gifenc";
import { PNG } from "pngjs";

const { GIFEncoder, applyPalette, quantize } = gifenc;
const COLOURS = 127; // and one for "as before"

// `frames`: { png, ms }, all of one size. Pixels that stay are not stored again, which makes the file small.
export function animated(frames) {
  const pictures = frames.map(({ png }) => PNG.sync.read(png));
  const { width, height } = pictures[0];
  const palette = quantize(Buffer.concat(sampled(pictures)), COLOURS, { format: "rgb565" });
  const same = palette.length;
  const gif = GIFEncoder();
  let last;
  for (const [at, { data }] of pictures.entries()) {
    const pixels = applyPalette(data, palette, "rgb565");
    const changed = last ? pixels.map((pixel, i) => (pixel === last[i] ? same : pixel)) : pixels;
    gif.writeFrame(changed, width, height, {
      palette: last ? undefined : [...palette, [0, 0, 0]],
      delay: frames[at].ms,
      transparent: last !== undefined,
      transparentIndex: same,
      dispose: 1,
    });
    last = pixels;
  }
  gif.finish();
  return Buffer.from(gif.bytes());
}

// The first, the middle and the last picture have every colour there is.
function sampled(pictures) {
  const some = [0, pictures.length >> 1, pictures.length - 1];
  return some.map((at) => pictures[at].data);
}
