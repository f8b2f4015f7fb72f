// Accounts, sessions, invitations and the settings of the installation over the API.
import type {
  Invitation,
  InvitationDraft,
  InvitationPreview,
  Items,
  LoginRequest,
  PasswordChange,
  ProfilePatch,
  RegisterRequest,
  ServerStatus,
  SessionInfo,
  Settings,
  SettingsPatch,
  SignedIn,
  User,
} from '@memoryverse/api-client';
import { api, outcome } from '@/services/api';
import type { Outcome } from '@/services/problem';

/** What anybody may ask: whether an account exists, and who may make another. */
export function serverStatus(): Promise<Outcome<ServerStatus>> {
  return outcome(api.GET('/api/v1/server/status'));
}

export function register(request: RegisterRequest): Promise<Outcome<SignedIn>> {
  return outcome(api.POST('/api/v1/auth/register', { body: request }));
}

export function signIn(request: LoginRequest): Promise<Outcome<SignedIn>> {
  return outcome(api.POST('/api/v1/auth/login', { body: request }));
}

export function signOut(): Promise<Outcome<unknown>> {
  return outcome(api.POST('/api/v1/auth/logout'));
}

export function me(): Promise<Outcome<User>> {
  return outcome(api.GET('/api/v1/auth/me'));
}

export function changeProfile(patch: ProfilePatch): Promise<Outcome<User>> {
  return outcome(api.PATCH('/api/v1/auth/me', { body: patch }));
}

/** Ends all other sessions of this person. */
export function changePassword(change: PasswordChange): Promise<Outcome<unknown>> {
  return outcome(api.POST('/api/v1/auth/password', { body: change }));
}

export function listSessions(): Promise<Outcome<Items<SessionInfo>>> {
  return outcome(api.GET('/api/v1/auth/sessions'));
}

export function endSession(id: string): Promise<Outcome<unknown>> {
  return outcome(api.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } }));
}

export function listInvitations(): Promise<Outcome<Items<Invitation>>> {
  return outcome(api.GET('/api/v1/invitations'));
}

/** The reply alone holds the token of the link. */
export function createInvitation(draft: InvitationDraft): Promise<Outcome<Invitation>> {
  return outcome(api.POST('/api/v1/invitations', { body: draft }));
}

export function revokeInvitation(id: string): Promise<Outcome<unknown>> {
  return outcome(api.DELETE('/api/v1/invitations/{id}', { params: { path: { id } } }));
}

export function previewInvitation(token: string): Promise<Outcome<InvitationPreview>> {
  return outcome(api.GET('/api/v1/invitations/preview', { params: { query: { token } } }));
}

/** For somebody who has an account already. */
export function acceptInvitation(token: string): Promise<Outcome<unknown>> {
  return outcome(api.POST('/api/v1/invitations/accept', { body: { token } }));
}

/** Address of an invitation, to be sent to a person. */
export function invitationLink(token: string): string {
  return `${location.origin}/invite/${encodeURIComponent(token)}`;
}

export function readSettings(): Promise<Outcome<Settings>> {
  return outcome(api.GET('/api/v1/settings'));
}

export function changeSettings(patch: SettingsPatch): Promise<Outcome<Settings>> {
  return outcome(api.PATCH('/api/v1/settings', { body: patch }));
}
