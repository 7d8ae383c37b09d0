import type { View } from "../router"; export const view: View = () => {};
