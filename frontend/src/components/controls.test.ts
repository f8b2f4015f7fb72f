import { fireEvent, getByLabelText, getByRole, queryByRole } from '@testing-library/dom';
import { defineComponent, h, nextTick, ref } from 'vue';
import { expect, test, vi } from 'vitest';
import { mount, settle } from '@/testing/mount';
import AppButton from './AppButton.vue';
import AppMenu from './AppMenu.vue';
import AppMenuItem from './AppMenuItem.vue';
import AppSegmented from './AppSegmented.vue';
import AppSwitch from './AppSwitch.vue';
import AppTextField from './AppTextField.vue';

test('a field is named by its label and described by what is wrong with it', async () => {
  const { root } = await mount(AppTextField, {
    props: { label: 'Почта', error: 'Не хватает части', modelValue: '', type: 'email' },
  });
  const input = getByLabelText(root, 'Почта');
  expect(input.getAttribute('aria-invalid')).toBe('true');
  expect(document.getElementById(input.getAttribute('aria-describedby')!)?.textContent).toBe('Не хватает части');
});

test('a busy button keeps its name and does nothing', async () => {
  const press = vi.fn();
  const { root } = await mount(
    defineComponent(() => () => h(AppButton, { busy: true, onPress: press }, () => 'Открыть дом')),
  );
  const button = getByRole(root, 'button', { name: 'Открыть дом' });
  fireEvent.click(button);
  expect(button.getAttribute('aria-disabled')).toBe('true');
  expect(press).not.toHaveBeenCalled();
});

test('a switch says what it is and turns', async () => {
  const on = ref(false);
  const { root } = await mount(
    defineComponent(
      () => () =>
        h(AppSwitch, {
          label: 'Открыть',
          modelValue: on.value,
          'onUpdate:modelValue': (value: boolean) => (on.value = value),
        }),
    ),
  );
  fireEvent.click(getByRole(root, 'switch', { name: /Открыть/ }));
  await nextTick();
  expect(on.value).toBe(true);
});

test('segments are radio buttons under one name', async () => {
  const chosen = ref('ru');
  const { root } = await mount(
    defineComponent(
      () => () =>
        h(AppSegmented<string>, {
          label: 'Язык',
          options: [
            { value: 'ru', text: 'Русский' },
            { value: 'en', text: 'English' },
          ],
          modelValue: chosen.value,
          'onUpdate:modelValue': (value: string) => (chosen.value = value),
        }),
    ),
  );
  expect(getByRole(root, 'group', { name: 'Язык' })).toBeTruthy();
  fireEvent.click(getByRole(root, 'radio', { name: 'English' }));
  await nextTick();
  expect(chosen.value).toBe('en');
});

test('a menu opens, is walked by arrows, and gives the focus back', async () => {
  const choose = vi.fn();
  const { root } = await mount(
    defineComponent(
      () => () =>
        h(
          AppMenu,
          { label: 'Что ещё' },
          {
            trigger: ({ attributes }: { attributes: object }) => h('button', { ...attributes }, 'Ещё'),
            default: () => [h(AppMenuItem, { onChoose: choose }, () => 'Первое'), h(AppMenuItem, {}, () => 'Второе')],
          },
        ),
    ),
  );
  const button = getByRole(root, 'button', { name: 'Ещё' });
  fireEvent.click(button);
  await settle();
  expect(document.activeElement?.textContent).toBe('Первое');
  fireEvent.keyDown(document.activeElement!, { key: 'ArrowDown' });
  expect(document.activeElement?.textContent).toBe('Второе');
  fireEvent.keyDown(document.activeElement!, { key: 'Escape' });
  await settle();
  expect(queryByRole(root, 'menu')).toBeNull();
  expect(document.activeElement).toBe(button);

  fireEvent.click(button);
  await settle();
  fireEvent.click(getByRole(root, 'menuitem', { name: 'Первое' }));
  expect(choose).toHaveBeenCalledTimes(1);
});
