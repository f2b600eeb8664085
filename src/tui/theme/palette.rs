//! The 256 colours of xterm: the nearest one to a colour that a terminal cannot show exactly.

use ratatui::style::Color;

/// The nearest of xterm's fixed colours: the cube of 16 to 231 and the greys above. Terminals let their users redefine the first 16.
pub(super) fn nearest_of_palette(colour: Color) -> Color {
    let Color::Rgb(red, green, blue) = colour else { return colour };
    let level = |value: u8| match value {
        0..48 => 0,
        48..115 => 1,
        _ => (value - 35) / 40,
    };
    let (r, g, b) = (level(red), level(green), level(blue));
    let mean = (u16::from(red) + u16::from(green) + u16::from(blue)) / 3;
    let grey = mean.saturating_sub(3).min(235) / 10;
    let candidates = [16 + 36 * r + 6 * g + b, 232 + u8::try_from(grey).unwrap_or(0)];
    let distance = |index: &u8| {
        let (r, g, b) = of_palette(*index);
        [(r, red), (g, green), (b, blue)].map(|(one, other)| u32::from(one.abs_diff(other)).pow(2)).iter().sum::<u32>()
    };
    Color::Indexed(candidates.into_iter().min_by_key(distance).unwrap_or(16))
}

/// Red, green and blue of a colour from 16 to 255, by xterm's formula.
pub(super) fn of_palette(index: u8) -> (u8, u8, u8) {
    let step = |level: u8| if level == 0 { 0 } else { 55 + 40 * level };
    match index.saturating_sub(16) {
        cube @ 0..216 => (step(cube / 36), step(cube / 6 % 6), step(cube % 6)),
        grey => {
            let value = 8 + 10 * (grey - 216);
            (value, value, value)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_to_the_nearest_of_the_palette() {
        let near = |r, g, b| nearest_of_palette(Color::Rgb(r, g, b));
        assert_eq!(near(0, 0, 0), Color::Indexed(16));
        assert_eq!(near(255, 255, 255), Color::Indexed(231));
        assert_eq!(near(255, 0, 0), Color::Indexed(196));
        assert_eq!(near(0x12, 0x12, 0x12), Color::Indexed(233));
        assert_eq!(near(0x5f, 0x87, 0xaf), Color::Indexed(67));
        for index in 16..=255 {
            let (r, g, b) = of_palette(index);
            let Color::Indexed(found) = near(r, g, b) else { panic!() };
            assert_eq!(of_palette(found), (r, g, b));
        }
    }
}
