// The description of the API, as a programmer reads it in a browser.
import { houseOfFile, scene } from '../support/stage';

const house = houseOfFile();

scene('Swagger UI shows every operation under the policy of the page', house, async (stage) => {
  const { page } = await stage.sitDown('/api/docs');
  const operation = page.locator('.opblock-summary', { hasText: '/api/v1/memories/{id}' }).first();
  await operation.waitFor();
  await operation.click();
  await page.getByRole('heading', { name: 'Responses' }).first().waitFor();
});
