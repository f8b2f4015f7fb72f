// The bodies of the API, as core/contracts defines them, and its operations, in the shape that openapi-typescript
// writes. It stands in for `schema.ts` and goes when that is generated.

export type Locale = 'ru' | 'en';
export type ThemeChoice = 'system' | 'light' | 'dark';
export type RoleName = 'owner' | 'editor' | 'contributor' | 'commenter' | 'viewer';
export type MemoryTypeName = 'photo' | 'video' | 'audio' | 'story' | 'document' | 'scan3d' | 'panorama';
export type PrivacyName = 'private' | 'space' | 'link' | 'public';
export type MediaStateName = 'pending' | 'ready' | 'failed';
export type Confidence = 'certain' | 'likely' | 'guess';

export interface Page<T> {
  items: T[];
  nextCursor?: string;
}
export interface Items<T> {
  items: T[];
}

export interface User {
  id: string;
  email: string;
  name: string;
  locale: string;
  theme: string;
  isOwner: boolean;
  personalSpaceId: string;
  createdAt: string;
}
export interface PersonName {
  id: string;
  name: string;
}
export interface RegisterRequest {
  email: string;
  password: string;
  name: string;
  invitation?: string;
  locale?: string;
}
export interface LoginRequest {
  email: string;
  password: string;
}
export interface SignedIn {
  user: User;
  accessToken: string;
  refreshToken: string;
  expiresAt: string;
}
export interface ProfilePatch {
  name?: string;
  email?: string;
  password?: string;
  locale?: string;
  theme?: string;
}
export interface PasswordChange {
  currentPassword: string;
  newPassword: string;
}
export interface SessionInfo {
  id: string;
  userAgent: string;
  address: string;
  createdAt: string;
  lastUsedAt: string;
  current: boolean;
}
export interface ServerStatus {
  initialised: boolean;
  registration: string;
  version: string;
}
export interface Settings {
  openRegistration: boolean;
  trashDays: number;
}
export interface SettingsPatch {
  openRegistration?: boolean;
}
export interface InvitationDraft {
  spaceId?: string;
  role?: string;
  note?: string;
}
export interface Invitation {
  id: string;
  spaceId?: string;
  spaceTitle?: string;
  role?: string;
  note: string;
  createdAt: string;
  expiresAt: string;
  usedAt?: string;
  token?: string;
}
export interface InvitationPreview {
  inviter: string;
  spaceTitle?: string;
  role?: string;
  expiresAt: string;
}

export interface Space {
  id: string;
  kind: string;
  title: string;
  role: RoleName;
  members: number;
  memories: number;
  version: number;
  createdAt: string;
}
export interface Member {
  userId: string;
  name: string;
  email: string;
  role: RoleName;
  joinedAt: string;
}

export interface MemoryDate {
  edtf: string;
  earliest?: string;
  latest?: string;
  offsetMinutes?: number;
  confidence: string;
  source: string;
}
export interface Place {
  name: string;
  latitude?: number;
  longitude?: number;
}
export interface CameraFacts {
  make?: string;
  model?: string;
  lens?: string;
  aperture?: number;
  exposure?: string;
  iso?: number;
  focalLengthMm?: number;
}
export interface MediaItem {
  id: string;
  mimeType: string;
  fileName: string;
  bytes: number;
  sha256: string;
  width?: number;
  height?: number;
  durationMs?: number;
  thumbhash?: string;
  state: MediaStateName;
  reason?: string;
  reasonText?: string;
  camera?: CameraFacts;
}
export interface Memory {
  id: string;
  spaceId: string;
  contributor: PersonName;
  type: MemoryTypeName;
  title: string;
  description: string;
  tags: string[];
  date: MemoryDate;
  place?: Place;
  privacy: PrivacyName;
  favourite: boolean;
  version: number;
  createdAt: string;
  updatedAt: string;
  trashedAt?: string;
  purgeAt?: string;
  media: MediaItem[];
  collectionIds: string[];
  canEdit: boolean;
}
export interface MemoryDraft {
  spaceId?: string;
  collectionId?: string;
  type?: MemoryTypeName;
  title?: string;
  description?: string;
  tags?: string[];
  date?: string;
  confidence?: string;
  place?: Place;
  privacy?: PrivacyName;
}
export interface MemoryPatch {
  title?: string;
  description?: string;
  tags?: string[];
  date?: string;
  confidence?: string;
  place?: Place;
  privacy?: PrivacyName;
}
export interface FieldChange {
  field: string;
  before: string;
  after: string;
}
export interface Revision {
  version: number;
  kind: string;
  author: PersonName;
  at: string;
  changes: FieldChange[];
  canUndo: boolean;
}
export interface TagCount {
  tag: string;
  count: number;
}
export interface DuplicateCheck {
  sha256s: string[];
  spaceId?: string;
}
export interface KnownFile {
  sha256: string;
  memoryId: string;
  trashed: boolean;
}
export interface MemoryIds {
  memoryIds: string[];
}
export interface BatchOutcome {
  done: string[];
  refused: string[];
}

export interface Collection {
  id: string;
  spaceId: string;
  parentId?: string;
  title: string;
  description: string;
  position: number;
  coverMemoryId?: string;
  coverMediaId?: string;
  coverThumbhash?: string;
  memories: number;
  version: number;
  createdAt: string;
  updatedAt: string;
  canEdit: boolean;
}
export interface CollectionDraft {
  spaceId?: string;
  parentId?: string;
  title: string;
  description?: string;
}
export interface CollectionPatch {
  title?: string;
  description?: string;
  parentId?: string;
  position?: number;
  coverMemoryId?: string;
}
export interface CollectionOrder {
  memoryIds: string[];
  beforeId?: string;
}

export interface BucketCount {
  bucket: string;
  count: number;
}
export interface Buckets {
  buckets: BucketCount[];
}
export interface BucketColumns {
  id: string[];
  type: string[];
  title: string[];
  edtf: string[];
  takenAt: (number | null)[];
  offsetMinutes: (number | null)[];
  mediaId: (string | null)[];
  mimeType: (string | null)[];
  ratio: (number | null)[];
  thumbhash: (string | null)[];
  durationMs: (number | null)[];
  state: string[];
  favourite: boolean[];
  version: number[];
}
