// The client of the API: typed calls over fetch, and the names of the bodies. Everything that a client knows of the
// server comes from here; `schema.ts` is generated from `openapi.json`, which the server prints.
import createFetchClient, { type Client } from 'openapi-fetch';
import type { paths } from './schema';

export type {
  BatchOutcome,
  BucketColumns,
  BucketCount,
  Buckets,
  CameraFacts,
  Collection,
  CollectionDraft,
  CollectionOrder,
  CollectionPatch,
  DuplicateCheck,
  FieldChange,
  Invitation,
  InvitationDraft,
  InvitationPreview,
  KnownFile,
  LoginRequest,
  MediaItem,
  MediaState,
  Member,
  Memory,
  MemoryDate,
  MemoryDraft,
  MemoryIds,
  MemoryPatch,
  MemoryType,
  PasswordChange,
  PersonName,
  Place,
  Privacy,
  ProfilePatch,
  RegisterRequest,
  Revision,
  Role,
  ServerStatus,
  SessionInfo,
  Settings,
  SettingsPatch,
  SignedIn,
  Space,
  SpacePatch,
  TagCount,
  User,
} from './schema';

/** A list that is read page by page; without `nextCursor` it ends here. */
export interface Page<T> {
  items: T[];
  nextCursor?: string;
}

/** A list that is small by nature, whole. */
export interface Items<T> {
  items: T[];
}

export type ApiClient = Client<paths>;

export interface ApiClientOptions {
  /** Origin of the server; empty for the one that served the page. */
  baseUrl?: string;
  fetch: (request: Request) => Promise<Response>;
}

/** A client that sends cookies to its own origin and leaves signing in, retries and language to `fetch`. */
export function createApiClient(options: ApiClientOptions): ApiClient {
  return createFetchClient<paths>({
    baseUrl: options.baseUrl ?? '',
    credentials: 'same-origin',
    fetch: options.fetch,
  });
}
