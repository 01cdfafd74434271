/** Drawing another widget within a view, where the front end's widgets are Jupyter's and it hands out their manager. */

interface WidgetManager {
  get_model(model_id: string): Promise<unknown>;
  create_view(model: unknown): Promise<{ el: HTMLElement }>;
}

/** False where it cannot be drawn. */
export async function showWidget(model: object, model_id: string, place: HTMLElement): Promise<boolean> {
  const manager = (model as { widget_manager?: WidgetManager }).widget_manager;
  if (manager === undefined) return false;
  try {
    place.append((await manager.create_view(await manager.get_model(model_id))).el);
    return true;
  } catch {
    return false;
  }
}
