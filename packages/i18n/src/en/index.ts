import accounts from './accounts.json';
import app from './app.json';
import collections from './collections.json';
import common from './common.json';
import memories from './memories.json';
import settings from './settings.json';
import timeline from './timeline.json';
import trash from './trash.json';
import uploads from './uploads.json';
import viewer from './viewer.json';

export default { accounts, app, collections, common, memories, settings, timeline, trash, uploads, viewer };
