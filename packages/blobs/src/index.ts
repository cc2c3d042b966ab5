/** Where the bytes of results and uploads are. One interface; the file system is the first to keep it. */
export {
  type Blob,
  type BlobStore,
  jobOfBlob,
  jobPrefix,
  type ListedBlob,
  newBlobKey,
  type StoredBlob,
} from "./blob-store.ts";
export { openFileBlobs } from "./file-blobs.ts";
